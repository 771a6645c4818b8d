using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Formulas as values of a program.</summary>
public static class FormulaLowering
{
    /// <summary>Lowers a formula; equal sub-formulas become one value.</summary>
    /// <param name="formula">The formula.</param>
    /// <param name="builder">Where its values are made.</param>
    /// <param name="variable">The value of a variable.</param>
    public static Value Lower(Formula formula, ProgramBuilder builder, Func<Variable, Value> variable)
    {
        var lowered = new Dictionary<Formula, Value>();
        return Visit(formula);

        Value Visit(Formula node)
        {
            if (lowered.TryGetValue(node, out var value)) return value;
            value = node.AsVariable is { } v ? variable(v) : node.Operation.Lower(builder, node, [.. node.Arguments.Select(Visit)]);
            if (value.Length != node.Dim)
                throw new InvalidOperationException($"{node.Operation.Name} was lowered to {value.Length} components instead of {node.Dim}.");
            lowered.Add(node, value);
            return value;
        }
    }
}
