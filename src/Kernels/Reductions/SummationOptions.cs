namespace Distributed.Keops.Kernels.Reductions;

/// <summary>KeOps' options of accumulation.</summary>
/// <param name="DtypeAcc"><c>auto</c>, <c>float16</c>, <c>float32</c> or <c>float64</c>.</param>
/// <param name="SumScheme"><c>auto</c>, <c>direct_sum</c>, <c>block_sum</c> or <c>kahan_scheme</c>.</param>
/// <param name="UseDoubleAcc">Another name of <c>dtype_acc = float64</c>.</param>
public readonly record struct SummationOptions(string DtypeAcc, string SumScheme, bool UseDoubleAcc = false)
{
    /// <summary>
    /// The way of adding up that serves the options. <see cref="Summation.Blocks"/> is at least as accurate as direct and block sums and as
    /// accumulators of float32; a wider accumulator than the data's and Kahan's scheme are <see cref="Summation.Compensated"/>.
    /// </summary>
    /// <param name="kind">The reduction.</param>
    /// <param name="type">The data's dtype.</param>
    /// <exception cref="KeopsException">An option is unknown or does not fit the reduction, the dtype or another option.</exception>
    public Summation Choose(ReductionKind kind, ElementType type)
    {
        var acc = Accumulator();
        if (SumScheme is not ("auto" or "direct_sum" or "block_sum" or "kahan_scheme"))
            throw new KeopsException($"sum_scheme is '{SumScheme}': expected auto, direct_sum, block_sum or kahan_scheme.");
        if (acc is { } narrow && narrow.Size() < type.Size())
        {
            throw new KeopsException(
                $"dtype_acc is {narrow.Name()} but the data are {type.Name()}: an accumulator can't be narrower than what it adds.");
        }

        if (kind.IsSum)
        {
            var wider = acc == ElementType.Float64 && type != ElementType.Float64;
            return wider || SumScheme == "kahan_scheme" ? Summation.Compensated : Summation.Blocks;
        }

        if (acc is not null)
            throw new KeopsException($"dtype_acc is '{acc.Value.Name()}', but {kind.Name} adds nothing up: leave it at auto.");
        return SumScheme is "auto" or "direct_sum"
            ? Summation.Blocks
            : throw new KeopsException($"sum_scheme is '{SumScheme}', but {kind.Name} adds nothing up: leave it at auto or direct_sum.");
    }

    ElementType? Accumulator()
    {
        if (UseDoubleAcc)
        {
            return DtypeAcc == "auto"
                ? ElementType.Float64
                : throw new KeopsException($"use_double_acc and dtype_acc ('{DtypeAcc}') were both given: give one of them.");
        }

        return DtypeAcc switch
        {
            "auto" => null,
            "float16" => ElementType.Float16,
            "float32" => ElementType.Float32,
            "float64" => ElementType.Float64,
            _ => throw new KeopsException($"dtype_acc is '{DtypeAcc}': expected auto, float16, float32 or float64."),
        };
    }
}
