using System.Diagnostics;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client.Cluster;

/// <summary>
/// Carries a job through from the client's side. Every call is short and may be repeated: a silo that goes down, or the coordinator with
/// it, only means to ask again.
/// </summary>
sealed class JobFollower(IJobGrain job, ReductionRequest request, TimeSpan patience)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public IJobGrain Job => job;

    /// <summary>Submits the job and waits for its end; it is cancelled with the token.</summary>
    /// <exception cref="KeopsException">The cluster does not answer any more.</exception>
    public async Task<JobStatus> RunAsync(IProgress<ReductionProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            var lastAnswer = Stopwatch.StartNew();
            while (true)
            {
                try
                {
                    // Also after a loss: a job that is known is not started twice, one that was forgotten must be.
                    var status = await job.Submit(request).WaitAsync(cancellationToken).ConfigureAwait(false);
                    lastAnswer.Restart();
                    if (!status.Phase.IsTerminal()) await WatchAsync(progress, lastAnswer, cancellationToken).ConfigureAwait(false);
                    else return status;
                }
                catch (Exception error) when (Transient.Is(error))
                {
                    if (lastAnswer.Elapsed > patience)
                        throw new KeopsException($"The cluster has not answered for {patience.TotalSeconds:F0} s: {error.Message}", error);
                    await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await CancelAsync().ConfigureAwait(false);
            throw;
        }
    }

    async Task WatchAsync(IProgress<ReductionProgress>? progress, Stopwatch lastAnswer, CancellationToken cancellationToken)
    {
        // From the start of a coordinator's life: one that was restarted counts anew.
        await foreach (var beat in job.Watch(0, cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            lastAnswer.Restart();
            if (beat.Pairs > 0) progress?.Report(new ReductionProgress(beat.PairsDone, beat.Pairs));
            if (beat.Phase.IsTerminal()) return;
        }
    }

    async Task CancelAsync()
    {
        try
        {
            await job.Cancel().ConfigureAwait(false);
        }
        catch (Exception error) when (Transient.Is(error))
        {
            // Nobody is there to cancel it for.
        }
    }
}
