using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// A sum and, beside it, the sum of its rounding errors: each addition's by Knuth's TwoSum, each product's by a fused multiply-add (Ogita,
/// Rump and Oishi's Dot2). Nothing in the chain from one row to the next is longer than in a plain sum; the work is about eight times as
/// much. Without fused multiply-adds the errors of products count as 0.
/// </summary>
sealed class CompensatedAdder : Adder
{
    public override int PartCount => 2;

    public override ImmutableArray<StatePart> Parts(string name, int dim) =>
        [new(name, dim, ComponentType.Element, 0), new(name + "_error", dim, ComponentType.Element, 0)];

    public override ImmutableArray<Value> Add(ProgramBuilder builder, ImmutableArray<Value> sum, Value term)
    {
        var (total, error) = TwoSum(builder, sum[0], term);
        return [total, builder.Add(sum[1], error)];
    }

    public override ImmutableArray<Value> AddProduct(ProgramBuilder builder, ImmutableArray<Value> sum, Value a, Value b)
    {
        var product = builder.Multiply(a, b);
        var added = Add(builder, sum, product);
        return product.Op == OpCode.Multiply ? [added[0], builder.Subtract(added[1], Excess(builder, product))] : added;
    }

    public override ImmutableArray<Value> Scale(ProgramBuilder builder, ImmutableArray<Value> sum, Value factor)
    {
        var scaled = builder.Multiply(sum[0], factor);
        return [scaled, builder.Subtract(builder.Multiply(sum[1], factor), Excess(builder, scaled))];
    }

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right)
    {
        var (total, error) = TwoSum(builder, left[0], right[0]);
        return [total, builder.Add(builder.Add(left[1], right[1]), error)];
    }

    // The error of an infinite sum is ∞ − ∞: the sum alone says what there is to say.
    public override Value Result(ProgramBuilder builder, ImmutableArray<Value> sum) => builder.Select(
        builder.LessThan(builder.Abs(sum[0]), builder.Constant(double.PositiveInfinity)), builder.Add(sum[0], sum[1]), sum[0]);

    /// <summary>a + b rounded, and what the rounding took away: their sum is a + b exactly.</summary>
    static (Value Sum, Value Error) TwoSum(ProgramBuilder builder, Value a, Value b)
    {
        var sum = builder.Add(a, b);
        var added = builder.Subtract(sum, a);
        return (sum, builder.Add(builder.Subtract(a, builder.Subtract(sum, added)), builder.Subtract(b, added)));
    }

    /// <summary>How much the rounded product is larger than the product.</summary>
    static Value Excess(ProgramBuilder builder, Value product) =>
        builder.NegateMultiplyAdd(product.Operands[0], product.Operands[1], product);
}
