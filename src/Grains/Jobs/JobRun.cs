using System.Collections.Immutable;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels.Plans;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>
/// One life of a job: opens its sources on the workers, cuts its plan, hands out tasks and merges until all results stand, has the output
/// written. Everything happens on the scheduler of the job's grain.
/// <code>
/// ledger ──take──▶ worker.Run / Merge (awaited: the lease) ──receipt──▶ ledger ──all roots stand──▶ worker.Assemble
/// </code>
/// </summary>
sealed partial class JobRun(
    string job, JobSnapshot start, IGrainFactory grains, IClusterMembershipService membership, TimeProvider time, Func<bool, Task> changed)
{
    // What a task should take on the worker that gets it.
    const double TaskSeconds = 2;

    // What a job writes down of more would not fit into a message; tasks of very large jobs are longer.
    const int MaxTasks = 4096;

    // Bytes of small blocks that the coordinator keeps, so that they outlive their workers.
    const long MaxInlineBytes = 64L << 20;

    // One task holds states and rows of so many bytes at most; everything else streams through.
    const long TaskBytes = 128L << 20;

    // Tasks for each worker, so that the last ones do not leave the others idle for long.
    const int TasksPerWorker = 4;

    static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    readonly WorkerPool _pool = new(grains, membership, time) { EngineId = start.EngineId, Shape = start.Shape };
    readonly Dictionary<Task<Outcome>, (JobWorker Worker, PlanTask Slot)> _running = [];
    JobSnapshot _snapshot = start;
    JobLedger? _ledger;
    double _pairsDone;
    long _inlineBytes;

    /// <summary>What is to be remembered.</summary>
    public JobSnapshot Snapshot => _ledger is null ? _snapshot : _snapshot with
    {
        Receipts = [.. _ledger.Frontier.Select(s => WithoutBytes(((ReceiptFill)s).Receipt))],
    };

    /// <summary>Where the job is.</summary>
    public JobStatus Status => _snapshot.ToStatus();

    /// <summary>The results, once they all stand; ascending by batch and row.</summary>
    public ImmutableArray<ResultSlice> Results { get; private set; } = [];

    /// <summary>How far it is.</summary>
    public JobProgress ToProgress(long sequence) => new(
        sequence, _snapshot.Phase, _pairsDone, _snapshot.Shape?.Pairs ?? 0,
        [.. _pool.Workers.Select(w => w.ToProgress()).OrderBy(w => w.Silo, StringComparer.Ordinal)]);

    /// <summary>Carries the job out.</summary>
    /// <exception cref="KeopsFaultException">It can't be carried out.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing of the job runs any more.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            var opening = await OpenAsync(cancellationToken);
            var ledger = _ledger = Cut();
            _snapshot = _snapshot with { Phase = JobPhase.Running };
            await changed(true);
            do
            {
                while (!ledger.IsComplete) await StepAsync(opening, ledger, cancellationToken);
            }
            while (!await WriteAsync(opening, ledger, cancellationToken));

            Results = Slices(ledger);
            _snapshot = _snapshot with { Phase = JobPhase.Done };
        }
        finally
        {
            // Calls end at once when they are cancelled; their answers are of no use any more.
            foreach (var call in _running.Keys) await call;
        }
    }

    /// <summary>Lets all workers forget the job.</summary>
    public async Task ReleaseAsync()
    {
        var silos = membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.Name);
        await Task.WhenAll(silos.Select(async silo =>
        {
            try
            {
                await grains.GetGrain<IWorkerGrain>(silo).Release(job);
            }
            catch (Exception error) when (Transient.Is(error))
            {
                // A silo that is gone has forgotten everything.
            }
        }));
    }

    async Task<JobOpening> OpenAsync(CancellationToken cancellationToken)
    {
        var request = _snapshot.Request!;
        if (_snapshot.Shape is null)
        {
            var specs = request.Variables.Select(v => v.Source).OfType<CloudSource>().Select(c => c.Spec).Distinct();
            _snapshot = _snapshot with { Sources = [.. await Task.WhenAll(specs.Select(spec => DescribeAsync(spec, cancellationToken)))] };
        }

        var opening = new JobOpening(job, request, _snapshot.Sources);
        await _pool.RefreshAsync(opening, cancellationToken);
        while (_pool.Workers.Count == 0)
        {
            await Task.Delay(Beat, time, cancellationToken);
            await _pool.RefreshAsync(opening, cancellationToken);
        }

        _snapshot = _snapshot with { Shape = _pool.Shape, EngineId = _pool.EngineId };
        return opening;
    }

    async Task<DatasetInfo> DescribeAsync(string spec, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await grains.GetGrain<IDatasetGrain>(spec).Describe();
            }
            catch (Exception error) when (Transient.Is(error))
            {
                await Task.Delay(Beat, time, cancellationToken);
            }
        }
    }

    /// <summary>The plan as tasks; those that a former life has receipts for stand already.</summary>
    JobLedger Cut()
    {
        var shape = _snapshot.Shape!;
        var plan = shape.ToPlan();
        if (_snapshot.TargetPairs == 0)
        {
            var workers = _pool.Workers;
            var target = workers.Average(w => w.Info.PairsPerSecond) * TaskSeconds;
            target = Math.Max(target, shape.Pairs / MaxTasks);
            target = Math.Min(target, Math.Max(1, TaskBytes / shape.RowBytes) * (double)Math.Max(1, plan.Columns));
            var atLeast = workers.Count * TasksPerWorker;
            if (shape.HasRanges)
            {
                // Intervals have leaves of their own: only whole blocks are handed out.
                atLeast = (int)Math.Min(atLeast, Math.Max(1, plan.Blocks));
                target = Math.Max(target, (double)plan.BlockRows * Math.Max(1, plan.Columns));
            }

            _snapshot = _snapshot with { TargetPairs = Math.Max(1, target), AtLeast = atLeast };
        }

        var ledger = new JobLedger(plan, plan.Cut(_snapshot.TargetPairs, _snapshot.AtLeast));
        var alive = _pool.Workers.Select(w => w.Holder).ToHashSet(StringComparer.Ordinal);
        foreach (var receipt in _snapshot.Receipts)
        {
            var fill = new ReceiptFill(receipt);
            if (!alive.Contains(fill.Holder!)) continue;
            ledger.Fill(receipt.Slot, fill);
            _pairsDone += receipt.Pairs;
        }

        return ledger;
    }

    ImmutableArray<ResultSlice> Slices(JobLedger ledger)
    {
        var plan = _snapshot.Shape!.ToPlan();
        return [.. ledger.Roots.Select(root =>
        {
            var (firstRow, rows) = plan.RowsOf(root.FirstBlock, root.Blocks);
            return new ResultSlice(root.Batch, firstRow, (int)rows, ReceiptOf(root).Block);
        })];
    }

    TaskReceipt ReceiptOf(PlanTask slot) => ((ReceiptFill)_ledger![slot]!).Receipt;

    static TaskReceipt WithoutBytes(TaskReceipt receipt) => receipt with { Block = receipt.Block with { Inline = null } };

    /// <summary>A receipt in its slot. Small blocks are in the receipt itself and can't be lost with their worker.</summary>
    sealed record ReceiptFill(TaskReceipt Receipt) : SlotFill(
        Receipt.EngineId, Receipt.Checksum, Receipt.Block.Inline is null ? Receipt.Block.Ticket.Incarnation.ToString("n") : null);

    /// <summary>How a call ended.</summary>
    readonly record struct Outcome(TaskReceipt? Receipt, Exception? Error);
}
