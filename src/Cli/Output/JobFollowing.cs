using Distributed.Keops.Client;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cli.Output;

/// <summary>Follows a job: a line for every phase and tenth, or every change as JSON, and the exit code that the job's end is.</summary>
sealed class JobFollowing(KeopsJob job, CommandConsole console, bool isJson)
{
    (JobPhase Phase, int Tenths) _told;

    /// <summary>Follows the job to its end.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    /// <exception cref="Kernels.KeopsException">The job failed, is unknown, or the cluster does not answer.</exception>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var beat in job.WatchAsync(cancellationToken).ConfigureAwait(false))
            {
                if (isJson) console.Out.WriteLine(Line(beat));
                else Tell(beat);
            }

            var status = await job.WaitAsync(null, cancellationToken).ConfigureAwait(false);
            if (status.Phase == JobPhase.Cancelled)
            {
                console.Error.WriteLine($"cancelled: {job.Id}");
                return ExitCode.Cancelled;
            }

            // One without an output has a result too, but for somebody else.
            if (status is { Phase: JobPhase.Done, OutputPath: null, Shape: { } shape })
            {
                var elapsed = status.Ended - status.Submitted ?? TimeSpan.Zero;
                TellEnd(shape.Batches * shape.Rows, shape.Pairs, elapsed, "fetched by who waited for it");
                return ExitCode.Done;
            }

            var result = await job.ResultAsync(cancellationToken).ConfigureAwait(false);
            TellEnd(result.Rows, result.Pairs, result.Elapsed, $"written to {result.OutputPath}");
            return ExitCode.Done;
        }
        catch (OperationCanceledException)
        {
            console.Error.WriteLine($"note: the job {job.Id} goes on; 'keops jobs cancel {job.Id}' ends it");
            throw;
        }
    }

    void Tell(JobProgress beat)
    {
        var tenths = beat.Pairs > 0 ? (int)(10 * beat.PairsDone / beat.Pairs) : 0;
        if (beat.Phase.IsTerminal() || _told == (beat.Phase, tenths)) return;
        _told = (beat.Phase, tenths);
        if (beat.Phase != JobPhase.Running)
        {
            console.Error.WriteLine(JobText.Name(beat.Phase));
            return;
        }

        var active = beat.Workers.Count(w => w.State != WorkerState.Gone);
        var speed = beat.PairsPerSecond > 0 ? $", {Figures.Short(beat.PairsPerSecond)} pairs/s" : "";
        var rest = beat.Remaining is { } remaining ? $", {Figures.Seconds(remaining.TotalSeconds)} left" : "";
        var workers = $"{active} {(active == 1 ? "worker" : "workers")}";
        console.Error.WriteLine($"{10 * tenths,3} % of {Figures.Short(beat.Pairs)} pairs{speed}{rest}, {workers}");
    }

    void TellEnd(long rows, double pairs, TimeSpan elapsed, string where) => console.Error.WriteLine(
        $"done: {Figures.Count(rows)} rows from {Figures.Short(pairs)} pairs in {Figures.Seconds(elapsed.TotalSeconds)}, {where}");

    static string Line(JobProgress beat) => Json.Line(new
    {
        beat.Sequence,
        beat.Phase,
        beat.PairsDone,
        beat.Pairs,
        beat.PairsPerSecond,
        RemainingSeconds = beat.Remaining?.TotalSeconds,
        beat.Workers,
    });
}
