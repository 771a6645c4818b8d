namespace Distributed.Keops.Kernels.Reductions;

/// <summary>Checks KeOps' options of accumulation.</summary>
public static class SummationOptions
{
    /// <summary>
    /// Refuses what has no meaning. What is accepted changes no result: every sum adds runs of 256 rows in the data's dtype and the runs in
    /// float64, which is at least as accurate as any of the schemes.
    /// </summary>
    /// <param name="kind">The reduction.</param>
    /// <param name="type">The data's dtype.</param>
    /// <param name="dtypeAcc"><c>auto</c>, <c>float32</c> or <c>float64</c>.</param>
    /// <param name="sumScheme"><c>auto</c>, <c>direct_sum</c>, <c>block_sum</c> or <c>kahan_scheme</c>.</param>
    /// <exception cref="KeopsException">The option is unknown or does not fit the reduction or the dtype.</exception>
    public static void Check(ReductionKind kind, ElementType type, string dtypeAcc, string sumScheme)
    {
        if (dtypeAcc is not ("auto" or "float32" or "float64"))
            throw new KeopsException($"dtype_acc is '{dtypeAcc}': expected auto, float32 or float64.");
        if (sumScheme is not ("auto" or "direct_sum" or "block_sum" or "kahan_scheme"))
            throw new KeopsException($"sum_scheme is '{sumScheme}': expected auto, direct_sum, block_sum or kahan_scheme.");
        if (type == ElementType.Float64 && dtypeAcc == "float32")
            throw new KeopsException("dtype_acc is float32 but the data are float64: an accumulator can't be narrower than what it adds.");
        if (kind.IsSum) return;
        if (dtypeAcc != "auto") throw new KeopsException($"dtype_acc is '{dtypeAcc}', but {kind.Name} adds nothing up: leave it at auto.");
        if (sumScheme is "block_sum" or "kahan_scheme")
            throw new KeopsException($"sum_scheme is '{sumScheme}', but {kind.Name} adds nothing up: leave it at auto or direct_sum.");
    }
}
