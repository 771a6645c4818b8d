using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Execution;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Distributed.Keops.Grains;

/// <summary>
/// The worker of this silo. Turns are short: whatever takes time runs on the lane or on the pool, and several calls interleave; fields are
/// touched
/// in turns alone.
/// </summary>
[NamedSiloPlacement, AnyGateway, Immovable, KeepAlive]
sealed partial class WorkerGrain(
    ILocalSiloDetails silo,
    DeviceLane lane,
    WorkGate gate,
    BlockStore blocks,
    LakeFolders lake,
    DataMemory memory,
    UploadStore uploads,
    Serializer serializer,
    TimeProvider time,
    EngineMetrics metrics,
    EngineActivities activities) : Grain, IWorkerGrain
{
    // A guess until tasks have run.
    const double PairsPerSecondAndThread = 5e8;

    static readonly string EngineId = CpuReduction.EngineIdHere;

    readonly Dictionary<string, (JobOpening Opening, Task<WorkerJob> Job)> _jobs = new(StringComparer.Ordinal);
    readonly Dictionary<string, IReadOnlyList<TaskReceipt>> _staged = new(StringComparer.Ordinal);
    double _pairsPerSecond = PairsPerSecondAndThread * lane.Threads.Count;

    public Task<WorkerInfo> Hello() => Task.FromResult(new WorkerInfo(
        silo.Name, blocks.Incarnation, EngineId, ContractVersion.Current, Lanes: 1, lane.Threads.Count, _pairsPerSecond, memory.Task));

    public Task<JobShape> Open(JobOpening opening, CancellationToken cancellationToken) => Guarded(TaskKind.Open, opening.Job, async () =>
    {
        if (!_jobs.TryGetValue(opening.Job, out var known))
        {
            // Not the first caller's token: others wait for the same opening.
            var opened = Task.Run(async () =>
            {
                var data = await JobData.OpenAsync(opening, lake, uploads, memory, lane.Stopping);
                var staging = opening.Request.Output is null ? null : new JobStaging(opening, lake, serializer);
                return new WorkerJob(opening.Job, data, lane, blocks, memory, staging, EngineId);
            }, CancellationToken.None);
            _jobs[opening.Job] = known = (opening, opened);
        }

        try
        {
            return (await known.Job.WaitAsync(cancellationToken)).Data.Shape;
        }
        catch when (known.Job.IsFaulted || known.Job.IsCanceled)
        {
            // What failed is tried again by the next call.
            _jobs.Remove(opening.Job);
            throw;
        }
    }, cancellationToken);

    public Task<TaskReceipt> Run(ReductionTask task, CancellationToken cancellationToken) => Guarded(TaskKind.Reduce, task.Job, async () =>
    {
        var job = await Find(task.Job).Job;
        var receipt = await job.RunAsync(task.Slot, cancellationToken);
        metrics.Computed(TaskKind.Reduce, receipt);
        // Short tasks say more of overheads than of the kernel.
        if (receipt.Elapsed.TotalSeconds > 0.05) _pairsPerSecond += 0.3 * (receipt.Pairs / receipt.Elapsed.TotalSeconds - _pairsPerSecond);
        return receipt;
    }, cancellationToken);

    public Task<TaskReceipt> Merge(MergeTask task, CancellationToken cancellationToken) => Guarded(TaskKind.Merge, task.Job, async () =>
    {
        var job = await Find(task.Job).Job;
        // Fetched before the lane is taken, so that it never waits for the network.
        var left = await FetchAsync(job, task.Left, cancellationToken);
        var right = await FetchAsync(job, task.Right, cancellationToken);
        var receipt = await job.MergeAsync(task.Slot, left, right, cancellationToken);
        metrics.Computed(TaskKind.Merge, receipt);
        return receipt;
    }, cancellationToken);

    public Task Assemble(AssembleTask task, CancellationToken cancellationToken) => Guarded(TaskKind.Assemble, task.Job, async () =>
    {
        var (opening, opened) = Find(task.Job);
        var job = await opened;
        var coordinator = GrainFactory.GetGrain<IJobGrain>(task.Job);
        var assembler = new ResultAssembler(opening, job.Data, lake, silo.Name, time);
        var results = ResultsAsync(job, coordinator, cancellationToken);
        await Task.Run(() => assembler.WriteAsync(task.Attempt, results, () => coordinator.Commit(task.Attempt), cancellationToken), CancellationToken.None);
        return true;
    }, cancellationToken);

    public Task<NumericBlock> Read(BlockTicket ticket, int chunk)
    {
        var block = blocks.Read(ticket, chunk);
        metrics.BytesSent(block.Bytes.Length);
        return Task.FromResult(block);
    }

    public Task<ReceiptPage> Held(string job, int first) => Answered(
        async () => ReceiptPage.Of((await Find(job).Job).Held, first));

    public Task<ReceiptPage> Staged(string job, int first) => Answered(async () =>
    {
        var opened = await Find(job).Job;
        // Files are listed once, for the first page.
        if (first == 0) _staged[job] = await Task.Run(opened.ListStaged);
        var page = ReceiptPage.Of(_staged.GetValueOrDefault(job) ?? [], first);
        if (first + page.Receipts.Length >= page.Total) _staged.Remove(job);
        return page;
    });

    public async Task Release(string job)
    {
        blocks.Release(job);
        if (!_jobs.Remove(job, out var known)) return;
        try
        {
            var opened = await known.Job;
            // Behind whatever still runs for it.
            await lane.RunAsync(async _ =>
            {
                await opened.DisposeAsync();
                blocks.Release(job);
                return true;
            }, CancellationToken.None);
        }
        catch (Exception error) when (error is OperationCanceledException or KeopsException)
        {
            // It never opened, or the silo is stopping: there is nothing to close in order.
        }
    }

    public Task Discard(string job, RequestOutput output) => Answered(() => Task.Run(() =>
    {
        JobStaging.Discard(job, output, lake);
        return true;
    }));

    static async IAsyncEnumerable<ResultSlice> SlicesAsync(IJobGrain grain)
    {
        for (int first = 0, total = 1; first < total;)
        {
            var page = await grain.Results(first);
            foreach (var part in page.Parts) yield return part;
            (first, total) = (first + page.Parts.Length, page.Total);
        }
    }

    async IAsyncEnumerable<(ResultSlice Part, ReadOnlyMemory<byte> Bytes)> ResultsAsync(
        WorkerJob job, IJobGrain grain, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var part in SlicesAsync(grain)) yield return (part, await FetchAsync(job, part.Block, cancellationToken));
    }

    async Task<ReadOnlyMemory<byte>> FetchAsync(WorkerJob job, BlockReference block, CancellationToken cancellationToken)
    {
        if (block.Inline is { } inline) return inline.Bytes;
        if (block.Staged is not null) return await job.ReadStagedAsync(block, cancellationToken);
        if (block.Ticket.Incarnation == blocks.Incarnation) return blocks.Get(block.Ticket);
        var bytes = await BlockPull.FetchAsync(GrainFactory, block, cancellationToken);
        metrics.BytesReceived(bytes.Length);
        return bytes;
    }

    (JobOpening Opening, Task<WorkerJob> Job) Find(string job) => _jobs.TryGetValue(job, out var known)
        ? known
        : throw new KeopsFaultException(FaultKind.UnknownJob, $"The worker of {silo.Name} does not know the job {job}.");
}
