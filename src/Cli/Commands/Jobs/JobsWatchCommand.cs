using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Output;

namespace Distributed.Keops.Cli.Commands.Jobs;

/// <summary><c>keops jobs watch</c>: follows a job to its end, and ends as it does.</summary>
sealed class JobsWatchCommand
{
    readonly CommandConsole _console;
    readonly JobArgument _job = new();
    readonly ClusterOptionSet _cluster = new();
    readonly Option<bool> _json = new("--json") { Description = "Every change as one JSON document a line on stdout." };

    public JobsWatchCommand(CommandConsole console)
    {
        _console = console;
        _job.AddTo(Command);
        _cluster.AddTo(Command);
        Command.Add(_json);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new(
        "watch", "Follows a job to its end; the exit code is the job's. Ctrl-C ends the watching, not the job.");

    public string[] Examples { get; } = ["keops jobs watch density-1 --on host:30000"];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = _job.Read(parsed);
        await using var cluster = await _cluster.ConnectAsync(parsed, cancellationToken).ConfigureAwait(false);
        var following = new JobFollowing(cluster.Jobs.Get(id), _console, parsed.GetValue(_json));
        return await following.RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
