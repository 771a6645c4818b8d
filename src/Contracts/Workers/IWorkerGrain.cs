using Orleans.Concurrency;

namespace Distributed.Keops.Contracts;

/// <summary>The worker of one silo, whose name is the key: it never moves, and it comes back empty when the silo does.</summary>
[Alias("keops.IWorker")]
public interface IWorkerGrain : IGrainWithStringKey
{
    /// <summary>Who it is and what it can do.</summary>
    [AlwaysInterleave, Alias("Hello")]
    Task<WorkerInfo> Hello();

    /// <summary>Tells the worker of a job: sources are opened and the reduction is compiled. Repeated calls are one.</summary>
    /// <exception cref="KeopsFaultException">The request can't be carried out.</exception>
    [AlwaysInterleave, ResponseTimeout("00:10:00"), Alias("Open")]
    Task<JobShape> Open(JobOpening opening, CancellationToken cancellationToken);

    /// <summary>Computes a part of the plan; the awaited call is the lease.</summary>
    /// <exception cref="KeopsFaultException">The task can't be carried out here.</exception>
    [AlwaysInterleave, ResponseTimeout("01:00:00"), Alias("Run")]
    Task<TaskReceipt> Run(ReductionTask task, CancellationToken cancellationToken);

    /// <summary>Merges the states of two nodes into that of their parent.</summary>
    /// <exception cref="KeopsFaultException">A state is gone.</exception>
    [AlwaysInterleave, ResponseTimeout("00:10:00"), Alias("Merge")]
    Task<TaskReceipt> Merge(MergeTask task, CancellationToken cancellationToken);

    /// <summary>Writes the output of a job whose results all stand, and makes it appear.</summary>
    /// <exception cref="KeopsFaultException">The output can't be written, or a block is gone.</exception>
    [AlwaysInterleave, ResponseTimeout("01:00:00"), Alias("Assemble")]
    Task Assemble(AssembleTask task, CancellationToken cancellationToken);

    /// <summary>A piece of a block: bytes from <paramref name="chunk"/> · 1 MiB on, at most 1 MiB.</summary>
    /// <exception cref="KeopsFaultException">The block is gone.</exception>
    [AnyGateway, AlwaysInterleave, Alias("Read")]
    Task<NumericBlock> Read(BlockTicket ticket, int chunk);

    /// <summary>What this process holds of a job whose coordinator was lost, from receipt number <paramref name="first"/> on.</summary>
    [AlwaysInterleave, Alias("Held")]
    Task<ReceiptPage> Held(string job, int first);

    /// <summary>
    /// What all processes, living or not, have put into the lake for a job's output, from receipt number <paramref name="first"/> on.
    /// </summary>
    /// <exception cref="KeopsFaultException">The lake can't be read.</exception>
    [AlwaysInterleave, ResponseTimeout("00:10:00"), Alias("Staged")]
    Task<ReceiptPage> Staged(string job, int first);

    /// <summary>Closes the job's sources and drops its blocks.</summary>
    [AlwaysInterleave, ResponseTimeout("00:01:00"), Alias("Release")]
    Task Release(string job);

    /// <summary>Deletes what waits in the lake for a job's output. Every worker can do it, whether it knows the job or not.</summary>
    /// <exception cref="KeopsFaultException">It can't be deleted.</exception>
    [AlwaysInterleave, ResponseTimeout("00:10:00"), Alias("Discard")]
    Task Discard(string job, RequestOutput output);
}
