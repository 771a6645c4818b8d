using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Client;
using Distributed.Keops.Client.Local;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Cli.Output;

/// <summary>How the work is cut.</summary>
/// <param name="Hash">The plan's name: equal plans give equal bits on equal engines.</param>
/// <param name="Rows">Output rows.</param>
/// <param name="Columns">Reduced rows.</param>
/// <param name="Blocks">i-blocks.</param>
/// <param name="BlockRows">Output rows of one.</param>
/// <param name="Leaves">Leaves of an i-block.</param>
/// <param name="LeafRows">Reduced rows of one.</param>
/// <param name="Tasks">Runs of i-blocks that this machine takes at once.</param>
/// <param name="Pairs">Pairs, those of the ranges where there are any.</param>
/// <param name="OutputBytes">Bytes of the output side's columns in their files, read once.</param>
/// <param name="ReducedBytes">Bytes of the reduced side's columns in their files, read by each task.</param>
sealed record ExplainedPlan(
    string Hash, long Rows, long Columns, long Blocks, int BlockRows, long Leaves, int LeafRows, long Tasks, double Pairs,
    long OutputBytes, long ReducedBytes)
{
    /// <summary>Plans the call on the opened clouds.</summary>
    /// <exception cref="KeopsException">The ranges do not fit the clouds.</exception>
    public static ExplainedPlan Of(ReductionCall call, CompiledReduction compiled, InputClouds clouds)
    {
        var (output, reduced) = call.Reduction.OutputCategory == Category.I ? (clouds.I, clouds.J) : (clouds.J, clouds.I);
        // Reduced rows with a null are left out before the plan is made; output rows stay, as nulls of the result.
        var plan = Plan.Create(
            1, output.RowCount, reduced.WholeRows?.Length ?? reduced.RowCount, compiled.Program.Monoid.Words, compiled.Reduction.Summation);
        return new ExplainedPlan(
            plan.Hash, plan.Rows, plan.Columns, plan.Blocks, plan.BlockRows, plan.Leaves, plan.LeafRows,
            LocalTasks.Cut(compiled, plan).LongCount(), Ranges(call, plan, reduced)?.Pairs ?? plan.Pairs, Bytes(output), Bytes(reduced));
    }

    static SideRanges? Ranges(ReductionCall call, Plan plan, CloudSide reduced) =>
        reduced.Reduced(call.Ranges?.ForAxis(call.Reduction.Axis)) is { } ranges
            ? SideRanges.Create(ranges, plan.Rows, plan.Columns)
            : null;

    static long Bytes(CloudSide side) => side.Clouds.Sum(c => c.Files.Sum(f => f.RowGroups.Sum(g => g.ByteLength)));
}
