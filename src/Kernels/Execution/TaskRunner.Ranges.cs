using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Block-sparse tasks. Each interval of output rows has reduced rows of its own: its leaves are runs of fixed length of the sequence that its
/// reduced intervals make when put end to end. A sequence longer than the cloud, which repeats rows, has leaves as much longer, so
/// that it has no more of them than the plan.
/// </summary>
public sealed partial class TaskRunner
{
    async Task RunRangesAsync(
        PlanTask task, BatchData batch, Windows i, AlignedBuffer parameters, PartialStates states, CancellationToken cancellationToken)
    {
        // Intervals may name any row of j, in any order: the cloud is held whole.
        using var j = await Leaf.LoadAsync(reduction.Kernel, batch, 0, checked((int)reduction.Plan.Columns), parameters, cancellationToken).ConfigureAwait(false);
        var spans = Spans(states).ToArray();
        using var pool = new StatePool(reduction.Kernel.TileStateBytes);
        await threads.RunAsync(spans.Length, (unit, worker) =>
        {
            var (first, rows, reduced) = spans[unit];
            var stack = new TileStack(reduction.Kernel, pool);
            var leaf = 0L;
            foreach (var segments in Leaves(reduced))
            {
                var node = task.Node;
                if (leaf >= node.FirstLeaf && leaf < (node.Index + 1) << node.Level)
                    stack.Push(ReduceSpan(states, i, first, rows, j, segments, parameters, pool, _workspaces[worker]), _workspaces[worker]);
                leaf++;
            }

            if (stack.Collapse(_workspaces[worker]) is { } state) Scatter(state, states, first, rows, pool);
        }, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The intervals of output rows within a task, cut into tiles from each interval's start on.</summary>
    IEnumerable<(int First, int Rows, IReadOnlyList<RowInterval> Reduced)> Spans(PartialStates states)
    {
        var ranges = reduction.Pairs!;
        for (var k = 0; k < ranges.Rows.Length; k++)
        {
            var first = Math.Max(ranges.Rows[k].First, states.FirstRow);
            var end = Math.Min(ranges.Rows[k].End, states.FirstRow + states.Rows);
            for (; first < end; first += CpuReduction.TileRows)
                yield return ((int)(first - states.FirstRow), (int)Math.Min(CpuReduction.TileRows, end - first), ranges.Reduced[k]);
        }
    }

    /// <summary>
    /// The leaves of an interval of output rows. Where reduced intervals repeat, the sequence may be longer than the cloud: the plan's last leaf then
    /// takes all that is left, so that every way of cutting the plan into tasks has the same leaves.
    /// </summary>
    IEnumerable<List<RowInterval>> Leaves(IReadOnlyList<RowInterval> reduced)
    {
        var plan = reduction.Plan;
        var (leaf, number) = (new List<RowInterval>(), 0L);
        var room = Room();
        foreach (var interval in reduced)
        {
            for (var first = interval.First; first < interval.End;)
            {
                var count = Math.Min(room, interval.End - first);
                leaf.Add(new RowInterval(first, first + count));
                (first, room) = (first + count, room - count);
                if (room > 0) continue;
                yield return leaf;
                (leaf, number) = ([], number + 1);
                room = Room();
            }
        }

        if (leaf.Count > 0) yield return leaf;

        long Room() => number < plan.Leaves - 1 ? plan.LeafRows : long.MaxValue;
    }

    unsafe StateTile ReduceSpan(
        PartialStates states, Windows i, int first, int rows, Leaf j, List<RowInterval> segments, AlignedBuffer parameters, StatePool pool,
        CpuWorkspace workspace)
    {
        var state = pool.Rent();
        reduction.Kernel.Clear(state.Pointer);
        var iSources = stackalloc byte*[i.Count + 1];
        var jSources = stackalloc byte*[j.Count + 1];
        i.At(first, iSources);
        foreach (var segment in segments)
        {
            j.At(segment.First, jSources);
            reduction.Kernel.Reduce(
                iSources, rows, jSources, (int)segment.Count, segment.First, parameters.Pointer, state.Pointer, workspace);
            Interlocked.Add(ref _pairsDone, rows * segment.Count);
        }

        return state;
    }

    /// <summary>Puts the rows of a span, which starts anywhere, into the tiles they belong to.</summary>
    unsafe void Scatter(StateTile state, PartialStates states, int first, int rows, StatePool pool)
    {
        const int TileRows = CpuReduction.TileRows;
        var words = reduction.Kernel.Program.Monoid.Words;
        for (var r = 0; r < rows; r++)
        {
            var (tile, lane) = ((first + r) / TileRows, (first + r) % TileRows);
            for (var w = 0; w < words; w++)
                ((long*)states.Tile(tile))[w * TileRows + lane] = ((long*)state.Pointer)[w * TileRows + r];
        }

        pool.Return(state);
    }
}
