using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The states of one tile, merged leaf by leaf. Used by one thread at a time.</summary>
sealed class TileStack
{
    readonly CpuReduction _kernel;
    readonly StatePool _pool;
    readonly MergeStack<StateTile> _stack;
    CpuWorkspace? _workspace;

    public TileStack(CpuReduction kernel, StatePool pool)
    {
        (_kernel, _pool) = (kernel, pool);
        _stack = new MergeStack<StateTile>(Merge);
    }

    public void Push(StateTile leaf, CpuWorkspace workspace)
    {
        _workspace = workspace;
        _stack.Push(leaf);
    }

    /// <summary>The state of all leaves, given back to the pool by the caller; null when there was none.</summary>
    public StateTile? Collapse(CpuWorkspace workspace)
    {
        _workspace = workspace;
        return _stack.TryCollapse(out var state) ? state : null;
    }

    unsafe StateTile Merge(StateTile left, StateTile right)
    {
        _kernel.Merge(left.Pointer, right.Pointer, _workspace!);
        _pool.Return(right);
        return left;
    }
}
