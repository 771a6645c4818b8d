using Distributed.Keops.Data;

namespace Distributed.Keops.Client;

/// <summary>Options of a reduction, with KeOps' names and meaning.</summary>
public sealed record ReductionOptions
{
    /// <summary>
    /// Accumulator dtype: <c>auto</c>, <c>float16</c>, <c>float32</c> or <c>float64</c>, never narrower than the data; float64 for narrower
    /// data is a compensated sum. Default: auto.
    /// </summary>
    public string DtypeAcc { get; init; } = "auto";

    /// <summary>The older way to say that <see cref="DtypeAcc"/> is float64; not together with it. Default: false.</summary>
    public bool UseDoubleAcc { get; init; }

    /// <summary>
    /// <c>auto</c>, <c>direct_sum</c>, <c>block_sum</c>, all of which add blocks, or <c>kahan_scheme</c>, a compensated sum. Default: auto.
    /// </summary>
    public string SumScheme { get; init; } = "auto";

    /// <summary>KeOps' hint for long vectors on GPUs: accepted, without a meaning here. Default: true.</summary>
    public bool EnableChunks { get; init; } = true;

    /// <summary><c>auto</c>, <c>CPU</c> or a GPU backend of KeOps: in this process, refused where there is no GPU;
    /// clusters have none yet. Default: auto.</summary>
    public string Backend { get; init; } = "auto";

    /// <summary>Which device of the backend; the CPU is device 0. Default: −1, any.</summary>
    public int DeviceId { get; init; } = -1;

    /// <summary>
    /// What to do with nulls in the input files. Where they are skipped, their rows are left out of what is reduced, those of arrays beside
    /// the files too, and have no result on the output's side. Default: an error that names the first.
    /// </summary>
    public NullPolicy Nulls { get; init; } = NullPolicy.Error;
}
