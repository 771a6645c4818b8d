using System.Runtime.CompilerServices;
using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>
/// A job on a cluster. It goes on without this process; a silo that goes down, or the job's coordinator with it, only means to ask again,
/// which
/// happens here. Safe for several threads.
/// </summary>
public sealed class KeopsJob
{
    // Nobody reads faster, and a job may fill thousands of slots a second.
    static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(50);

    // A coordinator that is there says something every second; one that is lost never says so, nor does a gateway that hangs.
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    readonly IJobGrain _job;
    readonly TimeSpan _patience;

    internal KeopsJob(IGrainFactory grains, string id, TimeSpan patience) => (Id, _job, _patience) = (id, grains.GetGrain<IJobGrain>(id), patience);

    /// <summary>The job's name.</summary>
    public string Id { get; }

    internal IJobGrain Grain => _job;

    /// <summary>How the job stands; its phase is <see cref="JobPhase.Unknown"/> when nobody submitted it.</summary>
    /// <exception cref="KeopsException">The cluster does not answer.</exception>
    public Task<JobStatus> StatusAsync(CancellationToken cancellationToken = default) =>
        new Patience(_patience).AskAsync(() => _job.Status(), cancellationToken);

    /// <summary>All that is to be said of the job.</summary>
    /// <exception cref="KeopsException">Nobody submitted it, or the cluster does not answer.</exception>
    public async Task<JobReport> ReportAsync(CancellationToken cancellationToken = default) =>
        await new Patience(_patience).AskAsync(() => _job.Report(), cancellationToken).ConfigureAwait(false) ?? throw Unknown();

    /// <summary>
    /// Follows the job to its end: the last item is that of its end, and nothing comes when nobody submitted it. Lost connections and
    /// coordinators
    /// are made good. Ending the enumeration leaves the job alone.
    /// </summary>
    /// <exception cref="KeopsException">The cluster does not answer any more.</exception>
    public async IAsyncEnumerable<JobProgress> WatchAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        var patience = new Patience(_patience);
        for (var after = 0L; ; await Task.Delay(Interval, cancellationToken).ConfigureAwait(false))
        {
            var known = after;
            if (await patience.AskAsync(() => _job.Next(known), Silence, cancellationToken).ConfigureAwait(false) is not { } beat) yield break;
            // The same again only says that somebody is there.
            if (beat.Sequence == after && !beat.Phase.IsTerminal()) continue;
            after = beat.Sequence;
            yield return beat;
            if (beat.Phase.IsTerminal()) yield break;
        }
    }

    /// <summary>Waits for the end of the job, however it ends.</summary>
    /// <param name="progress">Told now and then how far it is; may be null.</param>
    /// <param name="cancellationToken">Ends the waiting, not the job.</param>
    /// <exception cref="KeopsException">Nobody submitted the job, or the cluster does not answer any more.</exception>
    public async Task<JobStatus> WaitAsync(IProgress<JobProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        await foreach (var beat in WatchAsync(cancellationToken).ConfigureAwait(false)) progress?.Report(beat);
        var status = await StatusAsync(cancellationToken).ConfigureAwait(false);
        return status.Phase == JobPhase.Unknown ? throw Unknown() : status;
    }

    /// <summary>Waits for the job's result, which stands in its output.</summary>
    /// <exception cref="KeopsException">
    /// The job failed (with the exception that the same call throws in this process), was cancelled, or is unknown.
    /// </exception>
    public async Task<ReductionResult> ResultAsync(CancellationToken cancellationToken = default)
    {
        var status = await WaitAsync(null, cancellationToken).ConfigureAwait(false);
        if (status is not { Phase: JobPhase.Done, Shape: { } shape }) throw Failures.Of(status);
        if (status.OutputPath is null) throw new KeopsException(
            $"The job '{Id}' has no output: its result is fetched by the call that started it.");
        var elapsed = (status.Ended - status.Submitted) ?? TimeSpan.Zero;
        return new ReductionResult([], status.OutputPath, shape.Batches * shape.Rows, shape.Pairs, elapsed) { PlanHash = status.PlanHash ?? "" };
    }

    /// <summary>Ends the job; nothing of it is left. Does nothing to a job that has ended.</summary>
    /// <returns>How it stands then: it may have been done before.</returns>
    /// <exception cref="KeopsException">Nobody submitted it, or the cluster does not answer.</exception>
    public async Task<JobStatus> CancelAsync(CancellationToken cancellationToken = default)
    {
        var status = await new Patience(_patience).AskAsync(() => _job.Cancel(), cancellationToken).ConfigureAwait(false);
        return status.Phase == JobPhase.Unknown ? throw Unknown() : status;
    }

    internal Task<JobStatus> SubmitAsync(ReductionRequest request, CancellationToken cancellationToken) =>
        new Patience(_patience).AskAsync(() => _job.Submit(request), cancellationToken);

    /// <summary>For a client that leaves: it does not wait for a cluster that is not there.</summary>
    internal async Task TryCancelAsync()
    {
        try
        {
            await _job.Cancel().ConfigureAwait(false);
        }
        catch (Exception error) when (Patience.Covers(error))
        {
            // Nobody is there to cancel it for.
        }
    }

    KeopsException Unknown() => new($"There is no job '{Id}' on this cluster: it was never submitted, or it was forgotten.");
}
