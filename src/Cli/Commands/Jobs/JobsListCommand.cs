using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Output;

namespace Distributed.Keops.Cli.Commands.Jobs;

/// <summary><c>keops jobs list</c>: what runs on a cluster, and what ran last.</summary>
sealed class JobsListCommand
{
    readonly CommandConsole _console;
    readonly ClusterOptionSet _cluster = new();
    readonly Option<string?> _most = Options.Optional("--most", "N", "How many jobs at most. Default: 20.");
    readonly Option<bool> _json = new("--json") { Description = "One JSON document a line and job on stdout." };

    public JobsListCommand(CommandConsole console)
    {
        _console = console;
        _cluster.AddTo(Command);
        foreach (var option in (Option[])[_most, _json]) Command.Add(option);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new(
        "list", "Lists the jobs that run and the last that have ended, newest first; also those whose result a client waits for.");

    public string[] Examples { get; } = ["keops jobs list --on host:30000", "keops jobs list --most 500 --json"];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var most = Options.Number(parsed, _most) ?? 20;
        await using var cluster = await _cluster.ConnectAsync(parsed, cancellationToken).ConfigureAwait(false);
        var jobs = await cluster.Jobs.ListAsync(most, cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json))
        {
            foreach (var job in jobs) _console.Out.WriteLine(Json.Line(job));
        }
        else JobText.WriteList(jobs, _console.Out);
        return ExitCode.Done;
    }
}
