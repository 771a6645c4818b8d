using System.CommandLine;

namespace Distributed.Keops.Cli.Commands.Jobs;

/// <summary><c>keops jobs</c>: work on a cluster that goes on without this process.</summary>
sealed class JobsCommand
{
    readonly JobsSubmitCommand _submit;
    readonly JobsListCommand _list;
    readonly JobsWatchCommand _watch;
    readonly JobsShowCommand _show;
    readonly JobsCancelCommand _cancel;

    public JobsCommand(CommandConsole console)
    {
        (_submit, _list, _watch) = (new JobsSubmitCommand(console), new JobsListCommand(console), new JobsWatchCommand(console));
        (_show, _cancel) = (new JobsShowCommand(console), new JobsCancelCommand(console));
        foreach (var command in (Command[])[_submit.Command, _list.Command, _watch.Command, _show.Command, _cancel.Command])
            Command.Add(command);
    }

    public Command Command { get; } = new(
        "jobs", "Submits jobs to a cluster, which go on without this process, and asks for them by name.");

    /// <summary>Examples of this command and of those below it.</summary>
    public IEnumerable<KeyValuePair<Command, string[]>> Examples =>
    [
        new(Command, [_submit.Examples[0], .. _list.Examples, .. _watch.Examples, .. _show.Examples, .. _cancel.Examples]),
        new(_submit.Command, _submit.Examples),
        new(_list.Command, _list.Examples),
        new(_watch.Command, _watch.Examples),
        new(_show.Command, _show.Examples),
        new(_cancel.Command, _cancel.Examples),
    ];
}
