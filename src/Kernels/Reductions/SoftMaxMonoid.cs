using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>What is made of the pair (maximum, sums) that the log-sum-exp family shares.</summary>
enum SoftMaxResult
{
    /// <summary>max + ln of the sums.</summary>
    LogSumExp,

    /// <summary>The weighted sums over the plain one.</summary>
    SoftMax,

    /// <summary>The maximum, then the sums of exp(F − max), weighted or not.</summary>
    MaxAndSums,
}

/// <summary>
/// Sums of exp(F), plain or times the second formula's components, kept as (m, Σ exp(F − m) …) with m the largest F so far. m starts at
/// the lowest finite number and never leaves the finite ones, so that no ∞ − ∞ arises: −∞ entries weigh nothing, and +∞ entries
/// count as the greatest finite number, beside which all others weigh nothing.
/// </summary>
sealed class SoftMaxMonoid : Monoid
{
    readonly SoftMaxResult _result;
    readonly bool _plain;
    readonly double _greatest;
    readonly Adder _adder;

    public SoftMaxMonoid(SoftMaxResult result, int? weightDim, ElementType type, Summation summation)
    {
        _result = result;
        _plain = weightDim is null || result == SoftMaxResult.SoftMax;
        _greatest = type == ElementType.Float64 ? double.MaxValue : float.MaxValue;
        _adder = Adder.Of(summation);
        Parts =
        [
            new("max", 1, ComponentType.Element, -_greatest, Stays: true),
            .. _plain ? _adder.Parts("sum", 1) : [],
            .. weightDim is { } dim ? _adder.Parts("weighted", dim) : [],
        ];
        Outputs = result switch
        {
            SoftMaxResult.LogSumExp => [new("logsumexp", ComponentType.Element, 0, weightDim ?? 1)],
            SoftMaxResult.SoftMax => [new("softmax", ComponentType.Element, 0, weightDim ?? 1)],
            _ => [new("max_sumshiftexp", ComponentType.Element, 0, 1 + (weightDim ?? 1))],
        };
    }

    public override ImmutableArray<StatePart> Parts { get; }

    public override ImmutableArray<OutputPart> Outputs { get; }

    public override bool RoundsWhileAccumulating => true;

    public override bool SharesWithinComponents => _adder.HasSteps;

    public override ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items)
    {
        // One maximum and one rescaling for all items of a tile: 1 + 1/n exponentials each. A tile with +∞ always comes here, since the
        // maximum is finite.
        ImmutableArray<Item> finite = [.. items.Select(item => item with { Formula = Finite(builder, item.Formula) })];
        var max = finite.Aggregate(state[0], (m, item) => builder.Max(item.Formula, m));
        return Add(builder, max, Rescale(builder, state, max), finite);
    }

    public override Value Guard(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        builder.LessThan(state[0], items.Aggregate(state[0], (m, item) => builder.Max(item.Formula, m)));

    // No item is above the maximum: nothing is rescaled.
    public override ImmutableArray<Value> AccumulateCommon(
        ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        Add(builder, state[0], Sums(state), items);

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right)
    {
        var max = builder.Max(right[0], left[0]);
        var (a, b) = (Rescale(builder, left, max), Rescale(builder, right, max));
        return [max, .. a.Zip(b).SelectMany(sums => _adder.Merge(builder, sums.First, sums.Second))];
    }

    public override ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state)
    {
        var sums = Sums(state);
        var last = _adder.Result(builder, sums[^1]);
        return _result switch
        {
            SoftMaxResult.LogSumExp => [builder.Add(Maximum(builder, state[0]), builder.Log(last))],
            SoftMaxResult.SoftMax => [builder.Divide(last, _adder.Result(builder, sums[0]))],
            _ => [builder.Concat(Maximum(builder, state[0]), last)],
        };
    }

    /// <summary>
    /// Of (m, s) as KeOps has it: m counts as a constant, and its own cotangent is not looked at. That is exact for whatever depends on (m,
    /// s) through exp(m)·s alone, as a log-sum-exp or a quotient of sums does.
    /// </summary>
    public override Formula? Linearize(Formula formula, Formula? weight, Formula? result)
    {
        if (_result == SoftMaxResult.SoftMax) return null;
        var width = Outputs[0].Length;
        if (result is null)
            throw new FormulaException("The derivative needs the saved result: expected Grad_WithSavedForward or Diff_WithSavedForward.");
        if (result.Dim != width) throw new FormulaException($"The saved result has dimension {result.Dim}: expected {width}.");
        var g = weight ?? Formula.IntCst(1);
        return _result == SoftMaxResult.LogSumExp
            ? (formula - result).Exp() * g
            : Formula.Zero(1).Concat((formula - result.Elem(0)).Exp() * g);
    }

    /// <summary>A maximum still at its start means that nothing but −∞ was seen; one at the end that +∞ was.</summary>
    Value Maximum(ProgramBuilder builder, Value max) => builder.Select(
        builder.LessOrEqual(max, builder.Constant(-_greatest)),
        builder.Constant(double.NegativeInfinity),
        builder.Select(builder.LessOrEqual(builder.Constant(_greatest), max), builder.Constant(double.PositiveInfinity), max));

    ImmutableArray<Value> Add(ProgramBuilder builder, Value max, List<ImmutableArray<Value>> sums, ImmutableArray<Item> items)
    {
        foreach (var item in items)
        {
            var weight = builder.ExpNonPositive(builder.Subtract(item.Formula, max));
            if (_plain) sums[0] = _adder.Add(builder, sums[0], weight);
            if (item.Weight is { } g) sums[^1] = _adder.AddProduct(builder, sums[^1], weight, g);
        }

        return [max, .. sums.SelectMany(sum => sum)];
    }

    // The formula is the second operand, so that NaN stays.
    Value Finite(ProgramBuilder builder, Value formula) => builder.Min(builder.Constant(_greatest), formula);

    List<ImmutableArray<Value>> Rescale(ProgramBuilder builder, ImmutableArray<Value> state, Value max)
    {
        var factor = builder.ExpNonPositive(builder.Subtract(state[0], max));
        return [.. Sums(state).Select(sum => _adder.Scale(builder, sum, factor))];
    }

    /// <summary>The plain sum, the weighted one, or both: each as its adder keeps it.</summary>
    List<ImmutableArray<Value>> Sums(ImmutableArray<Value> state) =>
        [.. state.Skip(1).Chunk(_adder.PartCount).Select(sum => sum.ToImmutableArray())];
}
