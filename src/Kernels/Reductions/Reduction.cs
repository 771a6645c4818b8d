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
                throw new FormulaException($"Variable {variable.Index} is {found[variable.Index]} in the formula and {variable} in the "
                    + "weight: expected the same.");
        }

        return [.. found.Values];
    }

    /// <summary>The monoid for an element type, after checking that everything fits.</summary>
    /// <exception cref="FormulaException">K, the second formula or a dimension does not fit the reduction.</exception>
    public Monoid CreateMonoid(ElementType type) => Kind.CreateMonoid(Formula, Weight, K, type, Summation);

    /// <summary>
    /// Σ (∂F/∂v)ᵀ e, the gradient by one variable, as a reduction whose rows are those of the variable; of a parameter those of i, still to
    /// be added up. KeOps' front end asks for it in this way, with <paramref name="saved"/> the result that it kept.
    /// </summary>
    /// <param name="variable">v.</param>
    /// <param name="cotangent">e, of the result's dimension; null for a new variable (<see cref="Derivatives.NewCotangent"/>).</param>
    /// <param name="saved">The reduction's own result; null where it was not kept, which sums do not need.</param>
    /// <exception cref="FormulaException">A dimension is wrong, or the result does not
    /// tell the derivative, as for extremal values.</exception>
    public Reduction Gradient(Variable variable, Formula? cotangent, Formula? saved)
    {
        var linear = Linearize(saved);
        var e = cotangent ?? Derivatives.NewCotangent(linear, variable);
        return ToSum(linear.Gradient(variable, e), variable.Category == Category.J ? 0 : 1);
    }

    /// <summary>Σ (∂F/∂v) u, the derivative along a direction, as a reduction over the same rows.</summary>
    /// <param name="variable">v.</param>
    /// <param name="direction">u, of the variable's dimension.</param>
    /// <param name="saved">The reduction's own result; null where it was not kept.</param>
    /// <exception cref="FormulaException">A dimension is wrong, or the result does not tell the derivative.</exception>
    public Reduction Differential(Variable variable, Formula direction, Formula? saved) =>
        ToSum(Linearize(saved).Differential(variable, direction), Axis);

    Formula Linearize(Formula? saved) => CreateMonoid(ElementType.Float64).Linearize(Formula, Weight, saved)
        ?? throw new FormulaException(
            $"The derivative of {Kind} does not follow from its result: ask an engine for the gradient of the reduction.");

    Reduction ToSum(Formula formula, int axis) => new(ReductionKind.Find("Sum"), formula, null, null, axis) { Summation = Summation };
}
