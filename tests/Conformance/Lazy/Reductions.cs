using System.Collections.Immutable;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>The reductions among a tensor's methods, with the keywords that all of them take.</summary>
static class Reductions
{
    /// <summary>A method that reduces along the vector without an axis, and over i or j with one.</summary>
    public static object Along(
        LazyTensor x, Arguments arguments, Func<LazyTensor, LazyTensor> vector, Func<LazyTensor, Axis, ReductionCall> reduce)
    {
        var axis = Axis(arguments, -1);
        return axis == -1 || axis == x.Rank - 1 ? vector(x) : WithOptions(reduce(x, axis), arguments);
    }

    /// <summary>A method that reduces over i or j.</summary>
    public static object Over(LazyTensor x, Arguments arguments, Func<LazyTensor, Axis, ReductionCall> reduce) =>
        WithOptions(reduce(x, Axis(arguments, null)), arguments);

    /// <summary>The options that a reduction or a product takes by keyword.</summary>
    public static ReductionCall WithOptions(ReductionCall call, Arguments arguments)
    {
        var wide = arguments.Keyword("use_double_acc", false) is true;
        var acc = (string)arguments.Keyword("dtype_acc", "auto")!;
        if (wide && acc != "auto") throw new KeopsException("Give either dtype_acc or use_double_acc, not both.");
        arguments.Keyword("call", true);
        arguments.Keyword("enable_chunks", true);
        return call with
        {
            Ranges = arguments.Keyword("ranges", null) is { } six ? Ranges.FromArrays([.. Values.Items(six).Select(Longs)]) : call.Ranges,
            Options = new ReductionOptions
                { DtypeAcc = wide ? "float64" : acc, SumScheme = (string)arguments.Keyword("sum_scheme", "auto")! },
        };
    }

    static ImmutableArray<long> Longs(object? value) => value is NdArray { Type: null } array
        ? [.. array.Indices]
        : throw new KeopsException($"{Values.Name(value)} is no array of integers.");

    static int Axis(Arguments arguments, int? otherwise)
    {
        var axis = arguments.TakeOr("axis", null) ?? arguments.TakeOr("dim", null);
        return axis is null
            ? otherwise ?? throw new KeopsException("The axis is missing.")
            : Values.Integer(axis);
    }
}
