using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cli.Commands.Jobs;

/// <summary><c>keops jobs cancel</c>: ends a job; nothing of it is left.</summary>
sealed class JobsCancelCommand
{
    readonly CommandConsole _console;
    readonly JobArgument _job = new();
    readonly ClusterOptionSet _cluster = new();

    public JobsCancelCommand(CommandConsole console)
    {
        _console = console;
        _job.AddTo(Command);
        _cluster.AddTo(Command);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new(
        "cancel", "Ends a job and deletes what it has written. A job that has ended already stays as it is.");

    public string[] Examples { get; } = ["keops jobs cancel density-1 --on host:30000"];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var id = _job.Read(parsed);
        await using var cluster = await _cluster.ConnectAsync(parsed, cancellationToken).ConfigureAwait(false);
        var status = await cluster.Jobs.Get(id).CancelAsync(cancellationToken).ConfigureAwait(false);
        _console.Out.WriteLine(status.Phase == JobPhase.Cancelled
            ? $"{id}: cancelled"
            : $"{id}: had ended already ({(status.Phase == JobPhase.Done ? "done" : "failed")})");
        return ExitCode.Done;
    }
}
