using System.Collections.Immutable;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>The reductions among a tensor's methods, with the keywords that all of them take.</summary>
static class Reductions
{
    /// <summary>A method that reduces along the vector without an axis, and over i or j with one, of which <c>dim</c> counts
    /// first.</summary>
    public static object Along(
        LazyTensor x, Arguments arguments, Func<LazyTensor, LazyTensor> vector, Func<LazyTensor, Axis, ReductionCall> reduce)
    {
        var axis = arguments.TakeOr("axis", -1L);
        var number = Given(arguments.TakeOr("dim", null) ?? axis);
        return number == -1 || number == x.Rank - 1 ? vector(x) : WithOptions(reduce(x, number), arguments);
    }

    /// <summary>A method that reduces over i or j.</summary>
    public static object Over(LazyTensor x, Arguments arguments, Func<LazyTensor, Axis, ReductionCall> reduce) =>
        WithOptions(reduce(x, Axis(arguments)), arguments);

    /// <summary>Over what is reduced: <c>axis</c>, and where that is None, <c>dim</c>.</summary>
    public static int Axis(Arguments arguments)
    {
        var axis = arguments.TakeOr("axis", null);
        var dim = arguments.TakeOr("dim", null);
        return Given(axis ?? dim);
    }

    static int Given(object? axis) => axis is null ? throw new KeopsException("The axis is missing.") : Values.Integer(axis);

    /// <summary>The options that a reduction or a product takes by keyword.</summary>
    public static ReductionCall WithOptions(ReductionCall call, Arguments arguments)
    {
        arguments.Keyword("call", true);
        var reduction = WithCallOptions(call, arguments);
        var none = reduction.Options;
        return reduction with
        {
            Options = none with
            {
                DtypeAcc = (string)arguments.Keyword("dtype_acc", none.DtypeAcc)!,
                UseDoubleAcc = arguments.Keyword("use_double_acc", none.UseDoubleAcc) is true,
                SumScheme = (string)arguments.Keyword("sum_scheme", none.SumScheme)!,
                EnableChunks = arguments.Keyword("enable_chunks", none.EnableChunks) is true,
            },
        };
    }

    /// <summary>Those that can also be given where a reduction is called with its data.</summary>
    public static ReductionCall WithCallOptions(ReductionCall call, Arguments arguments) => call with
    {
        Ranges = arguments.Keyword("ranges", null) is { } six ? Ranges.FromArrays([.. Values.Items(six).Select(Longs)]) : call.Ranges,
        Into = arguments.Keyword("out", null) is { } array ? [Values.Array(array)] : call.Into,
        Options = call.Options with
        {
            Backend = (string)arguments.Keyword("backend", call.Options.Backend)!,
            DeviceId = Values.Integer(arguments.Keyword("device_id", (long)call.Options.DeviceId)),
        },
    };

    static ImmutableArray<long> Longs(object? value) => value is NdArray { Type: null } array
        ? [.. array.Indices]
        : throw new KeopsException($"{Values.Name(value)} is no array of integers.");
}
