using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests;

/// <summary>Gradients of reductions over files, beside those over the same numbers in memory.</summary>
public sealed class FileGradientTests : IDisposable
{
    const int Rows = 300;

    readonly string _folder = Directory.CreateTempSubdirectory("keops-gradients-").FullName;
    readonly double[,] _x = Engines.Points(7, 2, 1);
    readonly double[,] _y = Engines.Points(Rows, 2, 2);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("Sum", null)]
    [InlineData("LogSumExp", null)]
    [InlineData("Max_SumShiftExp", null)]
    [InlineData("Min", null)]
    [InlineData("Max_ArgMax", null)]
    [InlineData("KMin", 4)]
    public async Task A_file_gives_what_an_array_gives(string name, int? k)
    {
        await using var engine = KeopsEngine.CreateLocal(1);
        var (x, inMemory) = (LazyTensor.Vi(_x), LazyTensor.Vj(_y));
        var inFile = LazyTensor.FromCloud(await WriteAsync(), Category.J, ElementType.Float64, 2);
        var (expected, actual) = (x.SqDist(inMemory).Reduce(name, 1, k), x.SqDist(inFile).Reduce(name, 1, k));
        var result = (await engine.ReduceAsync(expected, null, Token))[0];
        var e = NdArray.Of([.. Enumerable.Range(0, (int)result.Length).Select(n => Math.Sin(n + 1.0))], [.. result.Shape]);
        Assert.Equal(Doubles(await engine.GradientAsync(expected, x, e, Token)), Doubles(await engine.GradientAsync(actual, x, e, Token)));
        Assert.Equal(
            Doubles(await engine.GradientAsync(expected, inMemory, e, Token)),
            Doubles(await engine.GradientAsync(actual, inFile, e, Token)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    static double[] Doubles(ResultArray array) => array.Doubles.ToArray();

    async Task<CloudSpec> WriteAsync()
    {
        var path = Path.Combine(_folder, "y.parquet");
        await using var writer = await ResultWriter.CreateAsync(
            path, new[] { "a", "b" }.Select(n => new ResultColumn(n, ResultKind.Float64, 1, false)), new ResultOptions(), Token);
        await writer.AppendRowsAsync(Rows, MemoryMarshal.AsBytes<double>(_y.Cast<double>().ToArray()).ToArray(), null, Token);
        await writer.CommitAsync(Token);
        return new CloudSpec(path, "a", "b");
    }
}
