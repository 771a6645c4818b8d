namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// How many pairs count in parts of a plan, which is how much work they are: all pairs, or those that block-sparse ranges keep, summed up
/// over equal runs of i-blocks.
/// </summary>
public sealed class PairCounts
{
    const int MaxRuns = 4096;

    readonly Plan _plan;
    readonly ReadOnlyMemory<double> _upTo;
    readonly long _runBlocks;

    /// <summary>All pairs of the plan.</summary>
    public PairCounts(Plan plan) => _plan = plan;

    /// <summary>The pairs that ranges keep.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="upTo">For each run of <see cref="RunBlocks"/> i-blocks, the pairs of the rows before its end.</param>
    public PairCounts(Plan plan, ReadOnlyMemory<double> upTo)
    {
        (_plan, _upTo, _runBlocks) = (plan, upTo, RunBlocks(plan));
        if (upTo.Length != Runs(plan))
            throw new ArgumentException($"{upTo.Length} runs of i-blocks: {Runs(plan)} were expected.", nameof(upTo));
    }

    /// <summary>The number of pairs.</summary>
    public double Total => _upTo.IsEmpty ? _plan.Pairs : _upTo.Span[^1] * _plan.Batches;

    /// <summary>The i-blocks that are counted together, so that there are not too many numbers.</summary>
    public static long RunBlocks(Plan plan) => (plan.Blocks + MaxRuns - 1) / MaxRuns;

    /// <summary>How many such runs there are.</summary>
    public static int Runs(Plan plan) => plan.Blocks == 0 ? 0 : (int)((plan.Blocks + RunBlocks(plan) - 1) / RunBlocks(plan));

    /// <summary>The pairs of a part.</summary>
    public double Of(in PlanTask task)
    {
        if (!_upTo.IsEmpty) return Before(task.FirstBlock + task.Blocks) - Before(task.FirstBlock);
        var firstColumn = task.Node.FirstLeaf * _plan.LeafRows;
        var endColumn = Math.Min(_plan.Columns, firstColumn + task.Node.LeafCount(_plan.Leaves) * _plan.LeafRows);
        return (double)_plan.RowsOf(task.FirstBlock, task.Blocks).Count * (endColumn - firstColumn);
    }

    /// <summary>The most i-blocks from one on, each with all its leaves, that have no more than some number of pairs; at least 1.</summary>
    public long Fitting(long firstBlock, long blocks, double pairs)
    {
        var (fitting, more) = (1L, blocks);
        while (fitting < more)
        {
            var middle = fitting + (more - fitting + 1) / 2;
            if (Of(new PlanTask(0, firstBlock, middle, _plan.Root)) <= pairs) fitting = middle;
            else more = middle - 1;
        }

        return fitting;
    }

    // Within a run pairs are taken to be spread evenly.
    double Before(long block)
    {
        var (run, rest) = Math.DivRem(block, _runBlocks);
        var upTo = _upTo.Span;
        var start = run == 0 ? 0 : upTo[(int)run - 1];
        return rest == 0 ? start : start + (upTo[(int)run] - start) * rest / Math.Min(_runBlocks, _plan.Blocks - run * _runBlocks);
    }
}
