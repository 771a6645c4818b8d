using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Client.Local;

/// <summary>How the local engine cuts a plan: whole i-blocks, as many at once as fit into memory.</summary>
public static class LocalTasks
{
    // One task holds states and i-rows of so many bytes at most; everything else streams through.
    const long TaskBytes = 128L << 20;

    /// <summary>The tasks, in the order in which they are run; each reads all reduced rows.</summary>
    public static IEnumerable<PlanTask> Cut(CompiledReduction compiled, Plan plan)
    {
        var rowBytes = compiled.Kernel.Program.Monoid.Words * sizeof(double) + compiled.Rows.Sum(v => v.Dim) * compiled.Program.Type.Size();
        return plan.CutWhole(TaskBytes / rowBytes);
    }
}
