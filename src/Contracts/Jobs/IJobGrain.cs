using Orleans.Concurrency;

namespace Distributed.Keops.Contracts;

/// <summary>A reduction being carried out. The key is chosen by the client, so that a
/// repeated <see cref="Submit"/> is the same job.</summary>
[Alias("keops.IJob")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>
    /// Starts the job, or says how a job that was started stands: the same request under the same name is the same job, whether it runs or
    /// has
    /// ended. A request that can't be carried out gives a failed job.
    /// </summary>
    /// <exception cref="KeopsFaultException">The name can't be one, it belongs to another request, or the job could not be written
    /// down.</exception>
    [Alias("Submit")]
    Task<JobStatus> Submit(ReductionRequest request);

    /// <summary>How the job stands.</summary>
    [AlwaysInterleave, Alias("Status")]
    Task<JobStatus> Status();

    /// <summary>Ends the job; returns when nothing of it runs or lies about any more. Does nothing to a job that has ended.</summary>
    [AlwaysInterleave, ResponseTimeout("00:01:00"), Alias("Cancel")]
    Task<JobStatus> Cancel();

    /// <summary>
    /// How the job stands, as soon as that is another item than <paramref name="afterSequence"/>, at the latest after a second. The last item
    /// is that of its end and is told to everyone who asks.
    /// </summary>
    /// <returns>The item; null when nobody submitted the job.</returns>
    [AlwaysInterleave, Alias("Next")]
    Task<JobProgress?> Next(long afterSequence);

    /// <summary>All that is to be said of the job; null when nobody submitted it.</summary>
    [AlwaysInterleave, Alias("Report")]
    Task<JobReport?> Report();

    /// <summary>
    /// Asked by the writer of the output when all is written, before it appears: only the latest try may make it appear, and not of a job
    /// that is
    /// cancelled. Once allowed, a cancelling waits for what becomes of it.
    /// </summary>
    /// <returns>What the job says of itself, to be put beside the output.</returns>
    /// <exception cref="KeopsFaultException">This try must leave nothing.</exception>
    [AlwaysInterleave, Alias("Commit")]
    Task<JobReport> Commit(int attempt);

    /// <summary>The results' blocks from number <paramref name="first"/> on, as many as a message holds.</summary>
    [AlwaysInterleave, Alias("Results")]
    Task<ResultPage> Results(int first);

    /// <summary>Lets the workers forget the results.</summary>
    [AlwaysInterleave, Alias("Release")]
    Task Release();
}
