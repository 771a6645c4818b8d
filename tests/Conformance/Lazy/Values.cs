using System.Numerics;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>
/// Values of trees: <see cref="long"/>, <see cref="double"/>, <see cref="Complex"/>, text, tuples (<c>object?[]</c>), lists
/// (<c>List&lt;object?&gt;</c>), arrays, tensors and reductions; and how each becomes what a member of the product takes.
/// </summary>
public static class Values
{
    /// <summary>An operand of a tensor: numbers, lists and arrays become what KeOps makes of them.</summary>
    /// <exception cref="KeopsException">A reduction is no operand: in C# this does not compile.</exception>
    public static LazyTensor Tensor(object? value) => value switch
    {
        LazyTensor tensor => tensor,
        long number => checked((int)number),
        double number => number,
        Complex number => number,
        NdArray array => LazyTensor.Of(array),
        List<object?> list when list.Any(v => v is Complex) => ComplexLazyTensor.Pm([.. list.Select(AsComplex)]),
        List<object?> list => LazyTensor.Pm([.. list.Select(Real)]),
        _ => throw new KeopsException($"{Name(value)} is no operand of a tensor."),
    };

    /// <summary>An array.</summary>
    public static NdArray Array(object? value) => value as NdArray ?? throw new KeopsException($"{Name(value)} is no array.");

    /// <summary>An integer.</summary>
    public static int Integer(object? value) => value is long number
        ? checked((int)number)
        : throw new KeopsException($"{Name(value)} is no integer.");

    /// <summary>A real number.</summary>
    public static double Real(object? value) => value switch
    {
        long number => number,
        double number => number,
        _ => throw new KeopsException($"{Name(value)} is no number."),
    };

    /// <summary>A tuple or list of integers; a single one counts as such.</summary>
    public static int[] Integers(object? value) => value is long ? [Integer(value)] : [.. Items(value).Select(Integer)];

    /// <summary>A tuple or a list.</summary>
    public static IEnumerable<object?> Items(object? value) => value switch
    {
        object?[] tuple => tuple,
        List<object?> list => list,
        _ => throw new KeopsException($"{Name(value)} is neither a tuple nor a list."),
    };

    /// <summary>What a value is, for messages.</summary>
    public static string Name(object? value) =>
        value is null ? "None" : value is ReductionCall ? "a reduction" : $"a {value.GetType().Name}";

    static Complex AsComplex(object? value) => value is Complex number ? number : Real(value);
}
