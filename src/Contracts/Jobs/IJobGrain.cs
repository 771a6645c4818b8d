using Orleans.Concurrency;

namespace Distributed.Keops.Contracts;

/// <summary>A reduction being carried out. The key is chosen by the client, so that a
/// repeated <see cref="Submit"/> is the same job.</summary>
[Alias("keops.IJob")]
public interface IJobGrain : IGrainWithStringKey
{
    /// <summary>Starts the job, or says how a job that was started stands. A request
    /// that can't be carried out gives a failed job.</summary>
    [Alias("Submit")]
    Task<JobStatus> Submit(ReductionRequest request);

    /// <summary>How the job stands.</summary>
    [AlwaysInterleave, Alias("Status")]
    Task<JobStatus> Status();

    /// <summary>Ends the job; returns when nothing of it runs any more. Does nothing to a job that has ended.</summary>
    [AlwaysInterleave, ResponseTimeout("00:01:00"), Alias("Cancel")]
    Task<JobStatus> Cancel();

    /// <summary>Follows the job: every item is newer than <paramref name="afterSequence"/>, the last one is that of its end.</summary>
    [AlwaysInterleave, Alias("Watch")]
    IAsyncEnumerable<JobProgress> Watch(long afterSequence, CancellationToken cancellationToken = default);

    /// <summary>The results' blocks from number <paramref name="first"/> on, as many as a message holds.</summary>
    [AlwaysInterleave, Alias("Results")]
    Task<ResultPage> Results(int first);

    /// <summary>Lets the workers forget the results.</summary>
    [AlwaysInterleave, Alias("Release")]
    Task Release();
}
