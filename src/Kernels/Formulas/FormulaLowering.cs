using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Formulas as values of a program.</summary>
public static class FormulaLowering
{
    /// <summary>Lowers a formula; equal sub-formulas give the same value.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="builder">The program to add to.</param>
    /// <param name="variable">The value of a variable, of its dimension.</param>
    /// <returns>A value of <see cref="Formula.Dim"/> components.</returns>
    public static Value Lower(Formula formula, ProgramBuilder builder, Func<Variable, Value> variable)
    {
        var values = new Dictionary<Formula, Value>();
        foreach (var node in formula.Distinct())
        {
            ImmutableArray<Value> arguments = [.. node.Arguments.Select(a => values[a])];
            var value = node.AsVariable is { } v ? variable(v) : node.Operation.Lower(builder, node, arguments);
            values[node] = builder.Broadcast(value, node.Dim);
        }

        return values[formula];
    }
}
