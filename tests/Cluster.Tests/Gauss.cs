using System.Runtime.InteropServices;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Cluster.Tests;

/// <summary>The job of all tests: a sum of Gaussian kernels over two Parquet files, some seconds of work for each of them.</summary>
static class Gauss
{
    const int Rows = 70_000;

    /// <summary>What the output is called.</summary>
    public const string Output = "out.parquet";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The clouds' files.</summary>
    public static string[] Inputs { get; } = ["x.parquet", "y.parquet"];

    /// <summary>The call; its files are named from the lake's root.</summary>
    /// <param name="output">Where the result goes.</param>
    /// <param name="kernels">How many kernels are summed up.</param>
    /// <param name="folder">Where the inputs lie for whoever carries it out: empty for a silo, which sees them from its lake.</param>
    public static ReductionCall Call(string output, int kernels = 1, string folder = "") =>
        Kernels(kernels, folder).Sum(axis: 1) with { Output = new OutputTarget(output, []) };

    /// <summary>Writes the clouds.</summary>
    public static async Task WriteInputsAsync(TempFolder lake, int seed = 0)
    {
        for (var n = 0; n < Inputs.Length; n++) await WriteAsync(lake[Inputs[n]], seed + n);
    }

    static LazyTensor Points(string file, Category category) =>
        LazyTensor.FromCloud(new CloudSpec(file, "a", "b", "c"), category, ElementType.Float64, 3);

    static LazyTensor Kernels(int count, string folder)
    {
        var distance = Points(Path.Combine(folder, Inputs[0]), Category.I).SqDist(Points(Path.Combine(folder, Inputs[1]), Category.J));
        return Enumerable.Range(1, count).Select(n => (-n * distance).Exp()).Aggregate((a, b) => a + b);
    }

    static async Task WriteAsync(string path, int seed)
    {
        var random = new Random(seed);
        var values = Enumerable.Range(0, 3 * Rows).Select(_ => random.NextDouble()).ToArray();
        await using var writer = await ResultWriter.CreateAsync(
            path, new[] { "a", "b", "c" }.Select(n => new ResultColumn(n, ResultKind.Float64, 1, false)),
            new ResultOptions { Overwrite = true }, Token);
        await writer.AppendRowsAsync(Rows, MemoryMarshal.AsBytes<double>(values).ToArray(), null, Token);
        await writer.CommitAsync(Token);
    }
}
