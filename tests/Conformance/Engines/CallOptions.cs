using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>The options of a Genred call, as KeOps names them.</summary>
public sealed record CallOptions
{
    static readonly string[] SumReductions =
        ["Sum", "LogSumExp", "LogSumExpWeight", "SumSoftMaxWeight", "SoftMax", "Max_SumShiftExp", "Max_SumShiftExpWeight"];

    /// <summary>The type sums are accumulated in: <c>auto</c>, <c>float16</c>, <c>float32</c> or <c>float64</c>. Default: auto.</summary>
    public string DtypeAcc { get; init; } = "auto";

    /// <summary>The older way to say <c>float64</c>. Default: false.</summary>
    public bool UseDoubleAcc { get; init; }

    /// <summary>How sums are formed: <c>auto</c>, <c>direct_sum</c>, <c>block_sum</c> or <c>kahan_scheme</c>. Default: auto.</summary>
    public string SumScheme { get; init; } = "auto";

    /// <summary>A scheduling hint without numerical meaning. Default: true.</summary>
    public bool EnableChunks { get; init; } = true;

    /// <summary>Refuses what KeOps refuses, for engines that compute one way whatever the options say.</summary>
    /// <exception cref="KeopsException">An option is unknown or does not go with the reduction or the dtype.</exception>
    public void Check(string reduction, string dtype)
    {
        var sums = SumReductions.Contains(reduction);
        if (UseDoubleAcc && DtypeAcc != "auto") throw new KeopsException("Give either dtype_acc or use_double_acc, not both.");
        var acc = UseDoubleAcc ? "float64" : DtypeAcc;
        if (acc is not ("auto" or "float16" or "float32" or "float64")) throw new KeopsException($"Unknown dtype_acc '{acc}'.");
        if (acc != "auto" && !sums) throw new KeopsException($"dtype_acc '{acc}' has no meaning for {reduction}: only auto.");
        if ((dtype == "float64" && acc is "float16" or "float32") || (dtype == "float32" && acc == "float16"))
            throw new KeopsException($"dtype_acc '{acc}' is narrower than the data, {dtype}.");
        if (SumScheme is not ("auto" or "direct_sum" or "block_sum" or "kahan_scheme"))
            throw new KeopsException($"Unknown sum_scheme '{SumScheme}'.");
        if (SumScheme is "block_sum" or "kahan_scheme" && !sums)
            throw new KeopsException($"sum_scheme '{SumScheme}' has no meaning for {reduction}.");
    }
}
