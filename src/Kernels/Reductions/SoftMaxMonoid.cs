using System.Collections.Immutable;
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

    public SoftMaxMonoid(SoftMaxResult result, int? weightDim, ElementType type)
    {
        _result = result;
        _plain = weightDim is null || result == SoftMaxResult.SoftMax;
        _greatest = type == ElementType.Float32 ? float.MaxValue : double.MaxValue;
        var parts = ImmutableArray.CreateBuilder<StatePart>();
        parts.Add(new("max", 1, ComponentType.Element, -_greatest, Stays: true));
        if (_plain) parts.Add(new("sum", 1, ComponentType.Element, 0));
        if (weightDim is { } dim) parts.Add(new("weighted", dim, ComponentType.Element, 0));
        Parts = parts.ToImmutable();
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

    public override ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items)
    {
        // One maximum and one rescaling for all items of a tile: 1 + 1/n exponentials each. A tile with +∞ always comes here, since the
        // maximum is finite.
        ImmutableArray<Item> finite = [.. items.Select(item => item with { Formula = Finite(builder, item.Formula) })];
        var max = finite.Aggregate(state[0], (m, item) => builder.Max(item.Formula, m));
        return Add(builder, Rescale(builder, state, max), finite);
    }

    public override Value Guard(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        builder.LessThan(state[0], items.Aggregate(state[0], (m, item) => builder.Max(item.Formula, m)));

    // No item is above the maximum: nothing is rescaled.
    public override ImmutableArray<Value> AccumulateCommon(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        Add(builder, [.. state], items);

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right)
    {
        var max = builder.Max(right[0], left[0]);
        var (a, b) = (Rescale(builder, left, max), Rescale(builder, right, max));
        return [max, .. a.Skip(1).Zip(b.Skip(1), builder.Add)];
    }

    public override ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state) => _result switch
    {
        SoftMaxResult.LogSumExp => [builder.Add(Maximum(builder, state[0]), builder.Log(state[^1]))],
        SoftMaxResult.SoftMax => [builder.Divide(state[^1], state[1])],
        _ => [builder.Concat(Maximum(builder, state[0]), state[^1])],
    };

    /// <summary>A maximum still at its start means that nothing but −∞ was seen; one at the end that +∞ was.</summary>
    Value Maximum(ProgramBuilder builder, Value max) => builder.Select(
        builder.LessOrEqual(max, builder.Constant(-_greatest)),
        builder.Constant(double.NegativeInfinity),
        builder.Select(builder.LessOrEqual(builder.Constant(_greatest), max), builder.Constant(double.PositiveInfinity), max));

    ImmutableArray<Value> Add(ProgramBuilder builder, List<Value> state, ImmutableArray<Item> items)
    {
        foreach (var item in items)
        {
            var weight = builder.ExpNonPositive(builder.Subtract(item.Formula, state[0]));
            if (_plain) state[1] = builder.Add(state[1], weight);
            // The product stands first, to be the one that is fused: a row's bits are then the same whether its neighbours are rescaled or not.
            if (item.Weight is { } g) state[^1] = builder.Add(builder.Multiply(weight, g), state[^1]);
        }

        return [.. state];
    }

    // The formula is the second operand, so that NaN stays.
    Value Finite(ProgramBuilder builder, Value formula) => builder.Min(builder.Constant(_greatest), formula);

    static List<Value> Rescale(ProgramBuilder builder, ImmutableArray<Value> state, Value max)
    {
        var factor = builder.ExpNonPositive(builder.Subtract(state[0], max));
        return [max, .. state.Skip(1).Select(sum => builder.Multiply(sum, factor))];
    }
}
