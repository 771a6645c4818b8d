using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// The reduction of one tile of output rows that each take in an interval of their own, most of which they share: bands, triangles. What
/// all rows share is done for the whole tile; what comes before and after it, for each interval of rows alone.
/// <code>
///          j ──▶
///  i  │  ━━━┌──────────────┐             before: own, into the states the shared part goes on with
///     ▼    ━│    shared    │━
///           └──────────────┘━━           after: own, from empty states, merged at last
/// </code>
/// Leaves are those of the reduced cloud itself, so that all rows of the tile have the same. One thread's; serves one tile after the other.
/// </summary>
sealed unsafe class StepRun
{
    const int TileRows = CpuReduction.TileRows;

    readonly BoundReduction _reduction;
    readonly PartialStates _states;
    readonly Windows _i;
    readonly Leaf _j;
    readonly AlignedBuffer _parameters;
    readonly StatePool _pool;
    readonly CpuWorkspace _workspace;
    long _pairs;

    /// <summary>Prepares a thread's part of a task.</summary>
    /// <param name="reduction">What is computed.</param>
    /// <param name="states">Where the states of rows go: the task's.</param>
    /// <param name="i">The task's output rows.</param>
    /// <param name="j">Reduced rows, among them all that the task takes in.</param>
    /// <param name="parameters">The call's record.</param>
    /// <param name="pool">States of tiles, of all threads.</param>
    /// <param name="workspace">The thread's memory for tiles.</param>
    public StepRun(
        BoundReduction reduction, PartialStates states, Windows i, Leaf j, AlignedBuffer parameters,
        StatePool pool, CpuWorkspace workspace) =>
        (_reduction, _states, _i, _j, _parameters, _pool, _workspace) = (reduction, states, i, j, parameters, pool, workspace);

    CpuReduction Kernel => _reduction.Kernel;

    /// <summary>Takes in the leaves of a node and puts the states where they belong.</summary>
    /// <returns>The number of pairs.</returns>
    public long Run(RangeSpan span, MergeNode node)
    {
        var plan = _reduction.Plan;
        _pairs = 0;
        var stack = new TileStack(Kernel, _pool);
        var own = Own(span, new RowInterval(0, long.MaxValue));
        var end = Math.Min(node.FirstLeaf + node.LeafCount(plan.Leaves), (own.Max(o => o.End) - 1) / plan.LeafRows + 1);
        // Leaves before the first that a row reaches are empty, not left out: every cut of the plan has the same tree.
        for (var leaf = node.FirstLeaf; leaf < end; leaf++)
            stack.Push(ReduceLeaf(span, new RowInterval(leaf * plan.LeafRows, (leaf + 1) * plan.LeafRows)), _workspace);
        if (stack.Collapse(_workspace) is not { } state) return 0;
        _states.Put(span.First, span.Rows, state.Pointer);
        _pool.Return(state);
        return _pairs;
    }

    StateTile ReduceLeaf(RangeSpan span, RowInterval leaf)
    {
        var state = Empty();
        var own = Own(span, leaf);
        var shared = new RowInterval(own.Max(o => o.First), own.Min(o => o.End));
        if (shared.Count <= 0)
        {
            for (var b = 0; b < span.Blocks; b++) ReduceBlock(span, b, own[b], state);
            return state;
        }

        for (var b = 0; b < span.Blocks; b++) ReduceBlock(span, b, own[b] with { End = shared.First }, state);
        Reduce(span.First, span.Rows, shared, state);
        if (own.All(o => o.End == shared.End)) return state;
        var after = Empty();
        for (var b = 0; b < span.Blocks; b++) ReduceBlock(span, b, own[b] with { First = shared.End }, after);
        Kernel.Merge(state.Pointer, after.Pointer, _workspace);
        _pool.Return(after);
        return state;
    }

    /// <summary>What each interval of the tile's rows takes in of a leaf.</summary>
    RowInterval[] Own(RangeSpan span, RowInterval leaf)
    {
        var own = new RowInterval[span.Blocks];
        for (var b = 0; b < own.Length; b++)
        {
            var interval = _reduction.Pairs!.ReducedOf(span.Block + b)[0];
            var first = Math.Clamp(interval.First, leaf.First, leaf.End);
            own[b] = new RowInterval(first, Math.Clamp(interval.End, first, leaf.End));
        }

        return own;
    }

    /// <summary>Takes rows into the states of one interval of the tile's rows, which are empty.</summary>
    void ReduceBlock(RangeSpan span, int block, RowInterval reduced, StateTile tile)
    {
        if (reduced.Count <= 0) return;
        var rows = _reduction.Pairs!.Rows[span.Block + block];
        var first = (int)(rows.First - _states.FirstRow);
        var state = Empty();
        Reduce(first, (int)rows.Count, reduced, state);
        var words = Kernel.Program.Monoid.Words;
        for (var w = 0; w < words; w++)
        {
            var from = (long*)state.Pointer + w * TileRows;
            var to = (long*)tile.Pointer + w * TileRows + first - span.First;
            for (var r = 0; r < rows.Count; r++) to[r] = from[r];
        }

        _pool.Return(state);
    }

    void Reduce(int firstRow, int rows, RowInterval reduced, StateTile state)
    {
        var iSources = stackalloc byte*[_i.Count + 1];
        var jSources = stackalloc byte*[_j.Count + 1];
        _i.At(firstRow, iSources);
        _j.At(reduced.First - _j.FirstRow, jSources);
        Kernel.Reduce(iSources, rows, jSources, (int)reduced.Count, reduced.First, _parameters.Pointer, state.Pointer, _workspace);
        _pairs += rows * reduced.Count;
    }

    StateTile Empty()
    {
        var state = _pool.Rent();
        Kernel.Clear(state.Pointer);
        return state;
    }
}
