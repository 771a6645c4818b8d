using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Output;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;

namespace Distributed.Keops.Cli.Commands.Jobs;

/// <summary><c>keops jobs submit</c>: <c>keops reduce</c> that nobody has to wait for.</summary>
sealed class JobsSubmitCommand
{
    readonly CommandConsole _console;
    readonly ReductionOptionSet _reduction = new();
    readonly ClusterOptionSet _cluster = new();
    readonly Option<string?> _id = Options.Optional("--id", "ID",
        $"The job's name: up to {JobId.MaxLength} letters, digits, '-', '_', '.'. Submitted again, the same job is not run again. "
            + "Default: a new one.");

    readonly Option<bool> _wait = new("--wait") { Description = "Follows the job to its end, as watch does." };
    readonly Option<bool> _json = new("--json") { Description = "One JSON document on stdout instead of the job's name." };

    public JobsSubmitCommand(CommandConsole console)
    {
        _console = console;
        _reduction.AddTo(Command);
        _cluster.AddTo(Command);
        foreach (var option in (Option[])[_id, _wait, _json]) Command.Add(option);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new(
        "submit", "Submits a reduction of the points in files and prints the job's name; its options are those of reduce.");

    public string[] Examples { get; } =
    [
        "keops jobs submit \"Exp(-g*SqDist(x,y))*b\" --vi x=cloud.parquet:x,y,z --vj y=cloud.parquet:x,y,z --vj b=cloud.parquet:w "
            + "--pm g=0.5 --out density.parquet --id density-1 --on host:30000",
        "keops jobs submit \"SqDist(x,y)\" --reduction ArgKMin --k 10 --vi x=a.parquet:x,y --vj y=b.parquet:x,y --out nearest/ --wait",
    ];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        _cluster.Gateway(parsed);
        var id = parsed.GetValue(_id) ?? JobId.New();
        if (!JobId.IsValid(id)) throw new UsageException(
            $"--id is '{id}': expected 1 to {JobId.MaxLength} letters, digits, '-', '_' or '.'.");
        var arguments = _reduction.Read(parsed).Rooted();
        if (arguments.Output is null)
            throw new UsageException("--out is missing: a job that nobody waits for writes its result into files.");
        await using var clouds = await arguments.OpenAsync(NullPolicy.Error, cancellationToken).ConfigureAwait(false);
        var call = await arguments.ToCallAsync(clouds, cancellationToken).ConfigureAwait(false);
        await using var cluster = await _cluster.ConnectAsync(parsed, cancellationToken).ConfigureAwait(false);
        var job = await cluster.Jobs.SubmitAsync(call, id, cancellationToken).ConfigureAwait(false);
        _console.Out.WriteLine(parsed.GetValue(_json) ? Json.Line(new { Job = job.Id, Output = arguments.Output.Path }) : job.Id);
        if (!parsed.GetValue(_wait)) return ExitCode.Done;
        return await new JobFollowing(job, _console, isJson: false).RunAsync(cancellationToken).ConfigureAwait(false);
    }
}
