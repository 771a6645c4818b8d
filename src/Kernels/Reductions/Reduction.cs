using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>A reduction of a formula: <c>a_i = Reduce_j F(p, x_i, y_j)</c>.</summary>
/// <param name="Kind">Which reduction.</param>
/// <param name="Formula">F.</param>
/// <param name="Weight">The second formula, where the reduction has one.</param>
/// <param name="K">How many values the K-min family keeps; null for every other reduction.</param>
/// <param name="Axis">1 to reduce over j, the result being indexed by i; 0 to reduce over i.</param>
public sealed record Reduction(ReductionKind Kind, Formula Formula, Formula? Weight, int? K, int Axis)
{
    /// <summary>How it adds up, where it does. Default: in blocks.</summary>
    public Summation Summation { get; init; }

    /// <summary>The category whose rows index the result.</summary>
    public Category OutputCategory => Axis == 1 ? Category.I : Category.J;

    /// <summary>The variables of both formulas, by ascending index.</summary>
    /// <exception cref="FormulaException">One index occurs with two dimensions or categories.</exception>
    public ImmutableArray<Variable> Variables()
    {
        var found = new SortedDictionary<int, Variable>();
        foreach (var variable in Formula.Variables().Concat(Weight?.Variables() ?? []))
        {
            if (!found.TryAdd(variable.Index, variable) && found[variable.Index] != variable)
                throw new FormulaException($"Variable {variable.Index} is {found[variable.Index]} in the formula and {variable} in the weight: expected the same.");
        }

        return [.. found.Values];
    }

    /// <summary>The monoid for an element type, after checking that everything fits.</summary>
    /// <exception cref="FormulaException">K, the second formula or a dimension does not fit the reduction.</exception>
    public Monoid CreateMonoid(ElementType type) => Kind.CreateMonoid(Formula, Weight, K, type, Summation);
}
