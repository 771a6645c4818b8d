using System.Collections.Frozen;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>Whether a reduction takes a second formula.</summary>
public enum WeightRule
{
    /// <summary>It takes none.</summary>
    None,

    /// <summary>It takes one if given.</summary>
    Optional,

    /// <summary>It needs one.</summary>
    Required,
}

/// <summary>Everything there is to know of one reduction of the formula language, in one place: its entry in <see cref="All"/>.</summary>
public sealed class ReductionKind
{
    static readonly ReductionKind[] Entries =
    [
        new("Sum", (c) => new SumMonoid(c.Dim, c.Summation)) { IsSum = true, Gradient = (rules, e) => rules.OfSum(e) },
        new("Min", (c) => new ExtremumMonoid(largest: false, values: true, indices: false, c.Dim))
            { Gradient = (rules, e) => rules.OfSelected(e, "Min_ArgMin") },
        new("Max", (c) => new ExtremumMonoid(largest: true, values: true, indices: false, c.Dim))
            { Gradient = (rules, e) => rules.OfSelected(e, "Max_ArgMax") },
        new("ArgMin", (c) => new ExtremumMonoid(largest: false, values: false, indices: true, c.Dim)) { WithValues = "Min_ArgMin" },
        new("ArgMax", (c) => new ExtremumMonoid(largest: true, values: false, indices: true, c.Dim)) { WithValues = "Max_ArgMax" },
        new("Min_ArgMin", (c) => new ExtremumMonoid(largest: false, values: true, indices: true, c.Dim))
            { Gradient = (rules, e) => rules.OfSelected(e, "Min_ArgMin") },
        new("Max_ArgMax", (c) => new ExtremumMonoid(largest: true, values: true, indices: true, c.Dim))
            { Gradient = (rules, e) => rules.OfSelected(e, "Max_ArgMax") },
        new("KMin", (c) => new KMinMonoid(values: true, indices: false, c.K, c.Dim))
            { TakesK = true, Gradient = (rules, e) => rules.OfSelected(e, "KMin_ArgKMin") },
        new("ArgKMin", (c) => new KMinMonoid(values: false, indices: true, c.K, c.Dim)) { TakesK = true, WithValues = "KMin_ArgKMin" },
        new("KMin_ArgKMin", (c) => new KMinMonoid(values: true, indices: true, c.K, c.Dim))
            { TakesK = true, Gradient = (rules, e) => rules.OfSelected(e, "KMin_ArgKMin") },
        new("LogSumExp", (c) => new SoftMaxMonoid(SoftMaxResult.LogSumExp, c.WeightDim, c.Type, c.Summation))
            { Weight = WeightRule.Optional, NeedsScalar = true, IsSum = true, Gradient = (rules, e) => rules.OfLogSumExp(e) },
        new("LogSumExpWeight", (c) => new SoftMaxMonoid(SoftMaxResult.MaxAndSums, c.WeightDim, c.Type, c.Summation))
            { Weight = WeightRule.Required, NeedsScalar = true, IsSum = true, Gradient = (rules, e) => rules.OfMaxAndSums(e) },
        new("SumSoftMaxWeight", (c) => new SoftMaxMonoid(SoftMaxResult.SoftMax, c.WeightDim, c.Type, c.Summation))
        {
            Weight = WeightRule.Required, NeedsScalar = true, IsSum = true, IsLinearInWeight = true,
            Gradient = (rules, e) => rules.OfSoftMax(e),
        },
        new("SoftMax", (c) => new SoftMaxMonoid(SoftMaxResult.SoftMax, c.WeightDim, c.Type, c.Summation))
        {
            Weight = WeightRule.Required, NeedsScalar = true, IsSum = true, IsLinearInWeight = true,
            Gradient = (rules, e) => rules.OfSoftMax(e),
        },
        new("Max_SumShiftExp", (c) => new SoftMaxMonoid(SoftMaxResult.MaxAndSums, null, c.Type, c.Summation))
            { NeedsScalar = true, IsSum = true, Gradient = (rules, e) => rules.OfMaxAndSums(e) },
        new("Max_SumShiftExpWeight", (c) => new SoftMaxMonoid(SoftMaxResult.MaxAndSums, c.WeightDim, c.Type, c.Summation))
            { Weight = WeightRule.Required, NeedsScalar = true, IsSum = true, Gradient = (rules, e) => rules.OfMaxAndSums(e) },
    ];

    readonly Func<MonoidContext, Monoid> _create;

    ReductionKind(string name, Func<MonoidContext, Monoid> create) => (Name, _create) = (name, create);

    /// <summary>Every reduction by name.</summary>
    public static FrozenDictionary<string, ReductionKind> All { get; } = Entries.ToFrozenDictionary(e => e.Name, StringComparer.Ordinal);

    /// <summary>The name in requests, such as <c>KMin_ArgKMin</c>.</summary>
    public string Name { get; }

    /// <summary>Whether it takes a number K.</summary>
    public bool TakesK { get; private init; }

    /// <summary>Whether it takes a second formula.</summary>
    public WeightRule Weight { get; private init; }

    /// <summary>Whether the result is linear in the weight, whose components may be parts of complex numbers then.</summary>
    public bool IsLinearInWeight { get; private init; }

    /// <summary>Whether F must have dimension 1.</summary>
    public bool NeedsScalar { get; private init; }

    /// <summary>Whether it adds up numbers, so that accumulator type and summation scheme have a meaning.</summary>
    public bool IsSum { get; private init; }

    /// <summary>The reduction that gives the values beside the row numbers, for one that
    /// gives row numbers alone; null for the others.</summary>
    public string? WithValues { get; private init; }

    /// <summary>
    /// The formula whose sum is the gradient, from the cotangent: of the result, or of its values where it has row numbers beside them.
    /// Default: zero, for reductions that give row numbers alone.
    /// </summary>
    internal Func<GradientRules, Formula, Formula> Gradient { get; private init; } = (rules, _) => rules.OfRowNumbers();

    /// <summary>Finds a reduction by name.</summary>
    /// <exception cref="FormulaException">There is none of that name.</exception>
    public static ReductionKind Find(string name) => All.TryGetValue(name, out var kind)
        ? kind
        : throw new FormulaException(
            $"Unknown reduction '{name}': expected one of {string.Join(", ", All.Keys.Order(StringComparer.Ordinal))}.");

    /// <summary>The monoid for a formula, after checking that what is given fits.</summary>
    /// <exception cref="FormulaException">K or the second formula is missing or
    /// superfluous, or F is not a scalar where it must be.</exception>
    public Monoid CreateMonoid(Formula formula, Formula? weight, int? k, ElementType type, Summation summation = Summation.Blocks)
    {
        if (TakesK && k is not >= 1) throw new FormulaException($"{Name} needs a number K of at least 1{(k is null ? "" : $", not {k}")}.");
        if (!TakesK && k is not null) throw new FormulaException($"{Name} takes no number K.");
        if (Weight == WeightRule.Required && weight is null) throw new FormulaException($"{Name} needs a second formula, the weight.");
        if (Weight == WeightRule.None && weight is not null) throw new FormulaException($"{Name} takes no second formula.");
        if (NeedsScalar && formula.Dim != 1) throw new FormulaException($"{Name} needs a formula of dimension 1, not {formula.Dim}.");
        return _create(new MonoidContext(formula.Dim, weight?.Dim, k ?? 0, type, summation));
    }

    /// <inheritdoc/>
    public override string ToString() => Name;

    readonly record struct MonoidContext(int Dim, int? WeightDim, int K, ElementType Type, Summation Summation);
}
