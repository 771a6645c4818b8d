using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Output;

namespace Distributed.Keops.Cli.Commands.Jobs;

/// <summary><c>keops jobs show</c>: all that is to be said of one job.</summary>
sealed class JobsShowCommand
{
    readonly CommandConsole _console;
    readonly JobArgument _job = new();
    readonly ClusterOptionSet _cluster = new();
    readonly Option<bool> _json = new("--json") { Description = "The job's report as one JSON document on stdout." };

    public JobsShowCommand(CommandConsole console)
    {
        _console = console;
        _job.AddTo(Command);
        _cluster.AddTo(Command);
        Command.Add(_json);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new("show", "Shows one job: request, plan, times, tasks, workers, inputs.");

    public string[] Examples { get; } = ["keops jobs show density-1 --on host:30000", "keops jobs show density-1 --json"];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = _job.Read(parsed);
        await using var cluster = await _cluster.ConnectAsync(parsed, cancellationToken).ConfigureAwait(false);
        var report = await cluster.Jobs.Get(id).ReportAsync(cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_json)) _console.Out.WriteLine(Json.Document(report));
        else JobText.WriteReport(report, _console.Out);
        return ExitCode.Done;
    }
}
