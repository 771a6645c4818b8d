using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>The rule of point-wise operations: dimensions are equal, or 1.</summary>
static class Broadcasting
{
    public static int Dim(string name, ImmutableArray<Formula> arguments)
    {
        var dim = 1;
        foreach (var argument in arguments)
        {
            if (argument.Dim == 1) continue;
            if (dim != 1 && argument.Dim != dim)
                throw new FormulaException(
                    $"{name} of dimensions {string.Join(", ", arguments.Select(a => a.Dim))}: expected equal ones, or 1.");
            dim = argument.Dim;
        }

        return dim;
    }

    /// <summary>A point-wise value repeated, or a cotangent summed over the components it was repeated to.</summary>
    public static Formula Fit(this Formula formula, int dim) =>
        formula.Dim == dim ? formula : dim == 1 ? formula.Sum() : formula.SumT(dim);

    /// <summary>The formula whose repetition this is, when the repetition is done by the point-wise operation anyhow.</summary>
    public static Formula Unrepeated(this Formula formula, Formula partner) =>
        formula.Operation == Vectors.SumT && partner.Dim == formula.Dim ? formula.Arguments[0] : formula;
}
