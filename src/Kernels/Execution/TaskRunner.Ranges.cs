using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Block-sparse tasks. Each interval of output rows has reduced rows of its own: its leaves are runs of fixed length of the sequence that
/// its reduced intervals make when put end to end. A sequence longer than the cloud, which repeats rows, has leaves as much longer, so
/// that it has no more of them than the plan.
/// </summary>
public sealed partial class TaskRunner
{
    // Tiles that share the copies of their reduced rows.
    internal const int MaxTilesAtOnce = 8;

    // What neighbours must share at least to be worth the trouble.
    const int SharedRows = 256;

    async Task RunRangesAsync(
        PlanTask task, BatchData batch, Windows i, AlignedBuffer parameters, PartialStates states, CancellationToken cancellationToken)
    {
        var hull = reduction.Pairs!.Hull(new RowInterval(states.FirstRow, states.FirstRow + states.Rows));
        if (hull.Count == 0) return;
        var spans = Spans(states);
        // Intervals may name any of these rows, in any order: they are held at once.
        using var j = await Leaf.LoadAsync(reduction.Kernel, batch, hull.First, checked((int)hull.Count), parameters, cancellationToken)
            .ConfigureAwait(false);
        using var pool = new StatePool(reduction.Kernel.TileStateBytes);
        var runs = _workspaces.Select(workspace => new SpanRun(reduction, states, i, j, parameters, pool, workspace)).ToArray();
        var steps = _workspaces.Select(workspace => new StepRun(reduction, states, i, j, parameters, pool, workspace)).ToArray();
        try
        {
            await threads.RunAsync(spans.Count, (unit, worker) =>
            {
                var span = spans[unit];
                Interlocked.Add(ref _pairsDone, span.Blocks > 1 ? steps[worker].Run(span, task.Node) : runs[worker].Run(span, task.Node));
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            foreach (var run in runs) run.Dispose();
        }
    }

    /// <summary>
    /// The intervals of output rows within a task, in runs of a few tiles. How many does not change the bits: rows do not meet.
    /// </summary>
    List<RangeSpan> Spans(PartialStates states)
    {
        var ranges = reduction.Pairs!;
        var tiles = Math.Clamp(states.Tiles / (UnitsPerThread * threads.Count), 1, MaxTilesAtOnce);
        var spans = new List<RangeSpan>();
        for (var k = ranges.FirstReaching(states.FirstRow); k < ranges.Rows.Length;)
        {
            var first = Math.Max(ranges.Rows[k].First, states.FirstRow);
            var blocks = Sharing(ranges, k);
            var end = Math.Min(ranges.Rows[k + blocks - 1].End, states.FirstRow + states.Rows);
            if (first >= end) break;
            for (; first < end; first += tiles * CpuReduction.TileRows)
                spans.Add(new((int)(first - states.FirstRow), (int)Math.Min(tiles * CpuReduction.TileRows, end - first), k, blocks));
            k += blocks;
        }

        return spans;
    }

    /// <summary>
    /// How many intervals of output rows, from one on, are reduced as one tile: neighbours that take in one interval each, of which they
    /// share most. They stand in one tile of the output, so that every cut into tasks has the same.
    /// </summary>
    static int Sharing(SideRanges ranges, int first)
    {
        var blocks = 0;
        var shared = new RowInterval(0, long.MaxValue);
        var tileEnd = (ranges.Rows[first].First / CpuReduction.TileRows + 1) * CpuReduction.TileRows;
        for (var k = first; k < ranges.Rows.Length && ranges.Rows[k].End <= tileEnd; k++, blocks++)
        {
            if (blocks > 0 && ranges.Rows[k].First != ranges.Rows[k - 1].End) break;
            if (ranges.ReducedOf(k) is not [var own]) break;
            shared = new RowInterval(Math.Max(shared.First, own.First), Math.Min(shared.End, own.End));
            if (shared.Count < SharedRows) break;
        }

        return Math.Max(1, blocks);
    }
}
