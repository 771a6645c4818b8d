using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>The rules by which reductions are differentiated, one for each family. Used once.</summary>
sealed class GradientRules(Reduction reduction, Variable variable, ElementType type, int firstIndex)
{
    readonly ImmutableArray<ForwardResult>.Builder _forward = ImmutableArray.CreateBuilder<ForwardResult>();
    Variable? _rowNumbers;
    Formula? _ofSelected;
    int _next = firstIndex;

    public ReductionGradient Apply()
    {
        var e = New(OutputDim(), reduction.OutputCategory);
        var formula = reduction.Kind.Gradient(this, Formula.Var(e));
        var selected = _ofSelected is { IsZero: false } ? Final(_ofSelected) : null;
        var all = formula.IsZero && selected is not null ? null : Final(formula);
        var row = New(variable.Dim, reduction.OutputCategory);
        // The reduction of one value a row over those rows themselves.
        var fold = variable.Category == Category.Parameter ? Sum(Formula.Var(row), 1 - reduction.Axis) : null;
        return formula.IsZero && selected is null
            ? new ReductionGradient([], e, null, all, null, fold)
            : new ReductionGradient(_forward.ToImmutable(), e, _rowNumbers, all, selected, fold);
    }

    /// <summary>Σ F: the cotangent goes to every term.</summary>
    public Formula OfSum(Formula e) => reduction.Formula.Gradient(variable, e);

    /// <summary>log Σ exp(F)·G: the weights exp(F − L) go to F and to G.</summary>
    public Formula OfLogSumExp(Formula e)
    {
        var share = e * (reduction.Formula - Saved(reduction, reduction.Weight?.Dim ?? 1, ForwardContent.FiniteValues)).Exp();
        return reduction.Weight is { } g
            ? reduction.Formula.Gradient(variable, share | g) + g.Gradient(variable, share)
            : reduction.Formula.Gradient(variable, share);
    }

    /// <summary>Σ exp(F)·G / Σ exp(F): to F goes how far G is from the mean.</summary>
    public Formula OfSoftMax(Formula e)
    {
        var g = reduction.Weight!;
        var logSum = Saved(reduction with { Kind = ReductionKind.Find("LogSumExp"), Weight = null }, 1, ForwardContent.FiniteValues);
        var mean = Saved(reduction, g.Dim, ForwardContent.Means);
        var share = (reduction.Formula - logSum).Exp();
        return reduction.Formula.Gradient(variable, share * (e | (g - mean))) + g.Gradient(variable, share * e);
    }

    /// <summary>Row numbers do not change where they have derivatives at all.</summary>
    public Formula OfRowNumbers() => Formula.Zero(variable.Dim);

    /// <summary>Extremal values: the cotangent of each goes to the pair that it was taken
    /// from. Values of nothing are infinite and go nowhere.</summary>
    /// <param name="e">The cotangent of the values, those of each rank one after the other.</param>
    /// <param name="kind">The reduction that gives these values and their row numbers.</param>
    public Formula OfSelected(Formula e, string kind)
    {
        var matches = Matches(reduction with { Kind = ReductionKind.Find(kind) }, e.Dim);
        var ranks = e.Dim / reduction.Formula.Dim;
        var toPair = ranks == 1 ? e * matches : Formula.One(ranks).VecMatMult(e * matches);
        _ofSelected = AtMatches(matches, reduction.Formula.Gradient(variable, toPair));
        return Formula.Zero(variable.Dim);
    }

    /// <summary>m = max F and s = Σ exp(F − m)·G: s falls as m rises, which the pair of the maximum feels.</summary>
    public Formula OfMaxAndSums(Formula e)
    {
        var (f, g) = (reduction.Formula, reduction.Weight ?? Formula.IntCst(1));
        var saved = Saved(reduction, 1 + g.Dim, ForwardContent.FiniteValues);
        var toSums = e.Extract(1, g.Dim);
        var share = toSums * (f - saved.Elem(0)).Exp();
        var matches = Matches(reduction with { Kind = ReductionKind.Find("Max_ArgMax"), Weight = null }, 1);
        var toMax = e.Elem(0) - (toSums | saved.Extract(1, g.Dim));
        _ofSelected = AtMatches(matches, f.Gradient(variable, toMax * matches));
        return f.Gradient(variable, share | g) + g.Gradient(variable, share);
    }

    /// <summary>For each selected value 1 at the pair it was taken from, else 0.</summary>
    Formula Matches(Reduction selecting, int count)
    {
        var digits = SelectedRows.Digits(type);
        var selected = Saved(selecting, digits * count, ForwardContent.RowNumbers, output: 1);
        _rowNumbers = New(digits, reduction.OutputCategory == Category.I ? Category.J : Category.I);
        return SelectedRows.Matches(selected, Formula.Var(_rowNumbers.Value));
    }

    // Elsewhere the derivative is not looked at: 0 times an infinite one would be NaN.
    static Formula AtMatches(Formula matches, Formula gradient) =>
        gradient.IsZero ? gradient : (matches.Sum() - 1).IfElse(gradient, Formula.Zero(gradient.Dim));

    Formula Saved(Reduction forward, int dim, ForwardContent content, int output = 0)
    {
        var saved = New(dim, reduction.OutputCategory);
        _forward.Add(new ForwardResult(forward, output, saved, content));
        return Formula.Var(saved);
    }

    Variable New(int dim, Category category) => new(_next++, dim, category);

    int OutputDim() => reduction.CreateMonoid(ElementType.Float64).Outputs[0].Length;

    Reduction Final(Formula formula) => Sum(formula, variable.Category switch { Category.I => 1, Category.J => 0, _ => reduction.Axis });

    Reduction Sum(Formula formula, int axis) =>
        new(ReductionKind.Find("Sum"), formula, null, null, axis) { Summation = reduction.Summation };
}
