using Distributed.Keops.Kernels.Cuda;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Carries out parts of a bound reduction on a GPU. Output rows of a task are on the device throughout; reduced rows stream through it,
/// some leaves at once, the next ones being read and copied while these are computed.
/// </summary>
/// <param name="reduction">What is computed.</param>
/// <param name="lane">Where.</param>
/// <param name="leafBytes">How much of the reduced rows is in work at once, but at least one leaf; as much is read ahead. Default: 256
/// MiB.</param>
public sealed class CudaTaskRunner(BoundReduction reduction, CudaLane lane, long leafBytes = 256L << 20) : ITaskRunner
{
    const int MaxLeavesAtOnce = 16;

    // States of leaves that are not merged yet.
    const long SlotBytes = 512L << 20;

    long _pairsDone;

    /// <inheritdoc/>
    public long PairsDone => Interlocked.Read(ref _pairsDone);

    /// <inheritdoc/>
    public async Task<PartialStates> RunAsync(PlanTask task, CancellationToken cancellationToken)
    {
        var (firstRow, rows) = reduction.Plan.RowsOf(task.FirstBlock, task.Blocks);
        var batch = reduction.Batches[task.Batch];
        var states = new PartialStates(reduction.Kernel, firstRow, checked((int)rows));
        CudaTask? work = null;
        try
        {
            using var i = await Windows.OpenAsync(batch.I, firstRow, (int)rows, cancellationToken).ConfigureAwait(false);
            await lane.RunAsync(() => work = new CudaTask(lane.Engine, reduction, states, batch.Parameters.Span, i), cancellationToken)
                .ConfigureAwait(false);
            if (reduction.Pairs is null) await RunDenseAsync(task, batch, work!, cancellationToken).ConfigureAwait(false);
            else await RunRangesAsync(task, batch, work!, states, cancellationToken).ConfigureAwait(false);
            await lane.RunAsync(() => work!.Finish(states), cancellationToken).ConfigureAwait(false);
            return states;
        }
        catch
        {
            states.Dispose();
            throw;
        }
        finally
        {
            // What the device still does with the task's memory comes to its end first, cancelled or not.
            if (work is not null) await lane.RunAsync(work.Dispose, CancellationToken.None).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public void Dispose() { }

    async Task RunDenseAsync(PlanTask task, BatchData batch, CudaTask work, CancellationToken cancellationToken)
    {
        var plan = reduction.Plan;
        var end = task.Node.FirstLeaf + task.Node.LeafCount(plan.Leaves);
        var atOnce = LeavesAtOnce(batch, work);
        var next = ReadAsync(task.Node.FirstLeaf);
        try
        {
            for (var leaf = task.Node.FirstLeaf; leaf < end; leaf += atOnce)
            {
                var first = leaf * plan.LeafRows;
                using var rows = await next.ConfigureAwait(false);
                next = ReadAsync(leaf + atOnce);
                var count = (int)(Math.Min(plan.Columns, (leaf + atOnce) * plan.LeafRows) - first);
                var items = LeafItems.Dense(plan, work.Rows, count, work.BlockRows);
                await lane.RunAsync(
                    () =>
                    {
                        work.TakeRows(rows, first, count);
                        Count(work.Reduce(items));
                    },
                    cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            await ((Task)next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (next.IsCompletedSuccessfully) (await next.ConfigureAwait(false)).Dispose();
        }

        Task<Windows> ReadAsync(long leaf)
        {
            var from = Math.Min(leaf, end) * plan.LeafRows;
            var to = Math.Min(Math.Min(leaf + atOnce, end) * plan.LeafRows, plan.Columns);
            return Windows.OpenAsync(batch.J, Math.Min(from, to), (int)Math.Max(0, to - from), cancellationToken).AsTask();
        }
    }

    async Task RunRangesAsync(PlanTask task, BatchData batch, CudaTask work, PartialStates states, CancellationToken cancellationToken)
    {
        var output = new RowInterval(states.FirstRow, states.FirstRow + states.Rows);
        var hull = reduction.Pairs!.Hull(output);
        // Intervals may name any of these rows, in any order: they are held at once.
        using var rows = await Windows.OpenAsync(batch.J, hull.First, checked((int)hull.Count), cancellationToken).ConfigureAwait(false);
        await lane.RunAsync(() => work.TakeRows(rows, hull.First, (int)hull.Count), cancellationToken).ConfigureAwait(false);
        var leaves = (int)task.Node.LeafCount(reduction.Plan.Leaves);
        var atOnce = (int)Math.Clamp(SlotBytes / Math.Max(1, work.SlotBytes), 1, MaxLeavesAtOnce);
        for (var leaf = 0; leaf < leaves; leaf += atOnce)
        {
            var items = LeafItems.OfRanges(
                reduction.Plan, reduction.Pairs, output, hull.First, task.Node.FirstLeaf + leaf, Math.Min(atOnce, leaves - leaf), work.BlockRows);
            await lane.RunAsync(() => Count(work.Reduce(items)), cancellationToken).ConfigureAwait(false);
        }
    }

    void Count(long pairs) => Interlocked.Add(ref _pairsDone, pairs);

    int LeavesAtOnce(BatchData batch, CudaTask work)
    {
        var oneLeaf = Math.Max(1, (long)reduction.Plan.LeafRows * (batch.J.Sum(s => s.Dim * s.Type.Size()) + work.JBytes));
        return (int)Math.Clamp(Math.Min(leafBytes / oneLeaf, SlotBytes / Math.Max(1, work.SlotBytes)), 1, MaxLeavesAtOnce);
    }
}
