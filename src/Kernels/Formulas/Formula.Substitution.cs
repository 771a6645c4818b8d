namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Formulas with other variables.</summary>
public sealed partial class Formula
{
    /// <summary>The formula with all variables replaced at once, each by a formula of its dimension.</summary>
    /// <exception cref="FormulaException">A dimension does not fit.</exception>
    public Formula Substitute(Func<Variable, Formula> replacement)
    {
        var replaced = new Dictionary<Formula, Formula>();
        foreach (var node in Distinct())
        {
            replaced[node] = node.AsVariable is { } variable ? replacement(variable)
                : node.Arguments.IsEmpty ? node
                : Create(node.Operation, [.. node.Arguments.Select(a => replaced[a])], node.Parameters);
        }

        return replaced[this];
    }
}
