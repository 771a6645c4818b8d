using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// The gradient of <c>Σ_rows ⟨e, Reduce F⟩</c> by one variable of a reduction, as a short sequence of reductions:
/// <code>
/// Forward[0], Forward[1] …      results of the reduction that the derivative needs, each given to a variable
///      │
///      ▼
///  OfAll + OfSelected           one row for each row of the variable; of a parameter, for each row of the output
///      │
///      ▼
///    Fold                       of a parameter: the sum of those rows
/// </code>
/// The cotangent e is a variable with a row for each row of the output. At least one of the two sums is there.
/// </summary>
/// <param name="Forward">What is computed first; empty for a sum.</param>
/// <param name="Cotangent">e, of the output's dimension.</param>
/// <param name="RowNumbers">Where OfSelected needs the numbers of the rows that F was reduced over: a variable for them
/// (<see cref="SelectedRows"/>).</param>
/// <param name="OfAll">What every pair has a part in, as often as ranges list it; null where that is nothing.</param>
/// <param name="OfSelected">What pairs have a part in that a value was taken from: once, however often ranges list them; null where that is
/// nothing.</param>
/// <param name="Fold">For a parameter the sum of those rows; null for other variables.</param>
public sealed record ReductionGradient(
    ImmutableArray<ForwardResult> Forward,
    Variable Cotangent,
    Variable? RowNumbers,
    Reduction? OfAll,
    Reduction? OfSelected,
    Reduction? Fold)
{
    /// <summary>Both sums as one reduction: right where no pair is listed twice.</summary>
    public Reduction Final => OfAll is null ? OfSelected!
        : OfSelected is null ? OfAll
        : OfAll with { Formula = OfAll.Formula + OfSelected.Formula };

    /// <summary>The gradient of a reduction.</summary>
    /// <param name="reduction">What is differentiated.</param>
    /// <param name="variable">By what.</param>
    /// <param name="type">The dtype of the data, which row numbers are told in.</param>
    /// <param name="firstIndex">An index from which on none is in use: the variables of the gradient's own are numbered from there.</param>
    /// <exception cref="FormulaException">An operation has no derivative.</exception>
    public static ReductionGradient Of(Reduction reduction, Variable variable, ElementType type, int firstIndex) =>
        new GradientRules(reduction, variable, type, firstIndex).Apply();
}

/// <summary>A result that a gradient needs.</summary>
/// <param name="Reduction">What gives it.</param>
/// <param name="Output">Which of its results: values come before row numbers.</param>
/// <param name="Variable">The variable that takes it; its rows are those of the result, flat.</param>
/// <param name="Content">How the result becomes the variable's values.</param>
public sealed record ForwardResult(Reduction Reduction, int Output, Variable Variable, ForwardContent Content);

/// <summary>How a result of the forward pass becomes values of a variable.</summary>
public enum ForwardContent
{
    /// <summary>As it is.</summary>
    Values,

    /// <summary>Values, with −∞ as the lowest finite number: a sum of nothing then gives weights of 0 and not ∞ − ∞.</summary>
    FiniteValues,

    /// <summary>Values, with NaN, the mean of nothing, as 0: what it is multiplied by is 0 there, and 0 · NaN would not be.</summary>
    Means,

    /// <summary>
    /// Row numbers, as <see cref="SelectedRows"/> splits them: first the lowest digits of all, then the next ones … All are −1 where the
    /// value beside them, the result's output before, is infinite or missing: it was taken from no row.
    /// </summary>
    RowNumbers,
}
