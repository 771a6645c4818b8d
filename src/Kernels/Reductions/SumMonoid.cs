using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>Σ F, component by component.</summary>
sealed class SumMonoid(int dim, Summation summation) : Monoid
{
    readonly Adder _adder = Adder.Of(summation);

    public override ImmutableArray<StatePart> Parts { get; } = Adder.Of(summation).Parts("sum", dim);

    public override ImmutableArray<OutputPart> Outputs { get; } = [new("sum", ComponentType.Element, 0, dim)];

    public override bool RoundsWhileAccumulating => true;

    public override bool AddsFormula => true;

    public override Formula Linearize(Formula formula, Formula? weight, Formula? result) => formula;

    public override bool SharesWithinComponents => _adder.HasSteps;

    public override ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        items.Aggregate(state, (sum, item) => item.Formula.Op == OpCode.Multiply
            ? _adder.AddProduct(builder, sum, item.Formula.Operands[0], item.Formula.Operands[1])
            : _adder.Add(builder, sum, item.Formula));

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        _adder.Merge(builder, left, right);

    public override ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state) => [_adder.Result(builder, state)];
}
