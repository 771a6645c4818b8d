using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>Plain additions; a product that is added is one fused multiply-add.</summary>
sealed class PlainAdder : Adder
{
    public override int PartCount => 1;

    public override ImmutableArray<StatePart> Parts(string name, int dim) => [new(name, dim, ComponentType.Element, 0)];

    public override ImmutableArray<Value> Add(ProgramBuilder builder, ImmutableArray<Value> sum, Value term) => [builder.Add(sum[0], term)];

    // The product stands first, to be the one that is fused: a row's bits are then the same whether its neighbours are rescaled or not.
    public override ImmutableArray<Value> AddProduct(ProgramBuilder builder, ImmutableArray<Value> sum, Value a, Value b) =>
        [builder.Add(builder.Multiply(a, b), sum[0])];

    public override ImmutableArray<Value> Scale(ProgramBuilder builder, ImmutableArray<Value> sum, Value factor) =>
        [builder.Multiply(sum[0], factor)];

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        [builder.Add(left[0], right[0])];

    public override Value Result(ProgramBuilder builder, ImmutableArray<Value> sum) => sum[0];
}
