using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>What must hold for a reduction to be a matrix that multiplies one of its variables.</summary>
static class LinearReduction
{
    /// <summary>Checks that a reduction is a sum that is linear in a variable of the side that is summed over.</summary>
    /// <exception cref="KeopsException">It is not; the text says why.</exception>
    public static void Check(ReductionCall call, Variable unknown)
    {
        var (reduction, name) = (call.Reduction, call.LabelOf(unknown));
        if (reduction.Kind.Name != "Sum") throw new KeopsException($"{reduction.Kind} is not linear: expected a Sum.");
        if (call.Output is not null)
            throw new KeopsException($"A product with a matrix stays in memory: expected no output file, not '{call.Output.Path}'.");
        if (!call.Into.IsEmpty)
            throw new KeopsException("A product with a matrix is used several times: expected no arrays to write it into.");
        if (unknown.Category == Category.Parameter || unknown.Category == reduction.OutputCategory)
            throw new KeopsException(
                $"The unknown {name} is not summed over: with axis {reduction.Axis} expected a variable indexed by "
                + $"{(reduction.Axis == 1 ? "j" : "i")}.");
        if (!call.Variables.Any(v => v.Variable == unknown))
            throw new KeopsException($"The unknown {name} is none of the call's variables.");
        if (!reduction.Formula.IsLinear(unknown))
            throw new FormulaException($"The formula {reduction.Formula} is not linear in the unknown {name}.");
    }

    /// <summary>The rows of one side as the data in memory count them; null when there are none to count.</summary>
    /// <param name="resolved">A call whose arrays are cut into batches.</param>
    /// <param name="category">The side.</param>
    /// <exception cref="KeopsException">Two variables have different numbers of rows.</exception>
    public static long? Rows(ReductionCall resolved, Category category)
    {
        (BoundVariable Bound, long Rows)? first = null;
        foreach (var bound in resolved.Variables.Where(v => v.Variable.Category == category))
        {
            if (bound.Data is not ArrayData arrays) continue;
            var rows = arrays.Batches[0].RowCount;
            if (first is { } other && other.Rows != rows)
                throw new KeopsException($"{other.Bound.Label} has {other.Rows} rows and {bound.Label} {rows}: expected equal numbers.");
            first ??= (bound, rows);
        }

        return first?.Rows;
    }

    /// <summary>The sources of a variable's rows, one for each batch or one for all.</summary>
    /// <exception cref="KeopsException">Its data are not in memory.</exception>
    public static IReadOnlyList<IRowSource> Sources(ReductionCall resolved, Variable variable) =>
        resolved.Variables.First(v => v.Variable == variable).Data is ArrayData arrays
            ? arrays.Batches
            : throw new KeopsException($"The rows of {resolved.LabelOf(variable)} must lie in memory: read the file into an array first.");
}
