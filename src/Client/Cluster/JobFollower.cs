using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client.Cluster;

/// <summary>
/// Carries a job through for a client that waits for its result: the job lives and dies with the wish for it.
/// </summary>
sealed class JobFollower(KeopsJob job, ReductionRequest request)
{
    /// <summary>Submits the job and waits for its end; it is cancelled with the token.</summary>
    /// <exception cref="KeopsException">The cluster does not answer any more.</exception>
    public async Task<JobStatus> RunAsync(IProgress<ReductionProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                // Also after a loss: a job that is known is not started twice, one that was forgotten must be.
                var status = await job.SubmitAsync(request, cancellationToken).ConfigureAwait(false);
                if (status.Phase.IsTerminal()) return status;
                await foreach (var beat in job.WatchAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (beat.Pairs > 0) progress?.Report(new ReductionProgress(beat.PairsDone, beat.Pairs));
                }
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await job.TryCancelAsync().ConfigureAwait(false);
            throw;
        }
    }
}
