using System.Collections.Immutable;
using Orleans.Concurrency;

namespace Distributed.Keops.Contracts;

/// <summary>
/// The jobs of a cluster: all that run, and the last of those that have ended. One grain, under <see cref="Key"/>. Jobs tell it of
/// themselves; what it knows of a running one is checked against the job when somebody asks.
/// </summary>
[Alias("keops.IJobCatalog")]
public interface IJobCatalogGrain : IGrainWithStringKey
{
    /// <summary>The only key.</summary>
    public const string Key = "jobs";

    /// <summary>Ended jobs with an output that are remembered.</summary>
    public const int HistoryLength = 500;

    /// <summary>Ended jobs whose result was for a client to fetch that are remembered.</summary>
    public const int FetchedHistoryLength = 100;

    /// <summary>Takes note of a job.</summary>
    [AnyGateway, Alias("Put")]
    Task Put(JobSummary job);

    /// <summary>The jobs, newest first.</summary>
    /// <param name="most">How many at most.</param>
    [AnyGateway, AlwaysInterleave, Alias("List")]
    Task<ImmutableArray<JobSummary>> List(int most);
}
