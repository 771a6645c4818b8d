using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>Σ F, component by component.</summary>
sealed class SumMonoid(int dim) : Monoid
{
    public override ImmutableArray<StatePart> Parts { get; } = [new("sum", dim, ComponentType.Element, 0)];

    public override ImmutableArray<OutputPart> Outputs { get; } = [new("sum", ComponentType.Element, 0, dim)];

    public override bool RoundsWhileAccumulating => true;

    public override bool AddsFormula => true;

    public override ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        [items.Aggregate(state[0], (sum, item) => builder.Add(sum, item.Formula))];

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        [builder.Add(left[0], right[0])];

    public override ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state) => state;
}
