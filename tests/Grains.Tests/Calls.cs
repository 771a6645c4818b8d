using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Client;
using Distributed.Keops.Data;

namespace Distributed.Keops.Grains.Tests;

/// <summary>Reductions to carry out, and what they must give to the bit: the same plan run without a cluster.</summary>
static class Calls
{
    public static float[] Uniform(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    /// <summary>A Gaussian kernel sum over m × n pairs in three dimensions.</summary>
    public static ReductionCall Gauss(int m, int n, int seed = 1)
    {
        var (x, y, b) = Parts(m, n, seed);
        return (Kernel(x, y).Exp() * b).Sum(axis: 1);
    }

    public static ReductionCall LogSumExp(int m, int n, int seed = 2)
    {
        var (x, y, _) = Parts(m, n, seed);
        return Kernel(x, y).LogSumExp(axis: 1);
    }

    public static ReductionCall Nearest(int m, int n, int k, int seed = 3)
    {
        var (x, y, _) = Parts(m, n, seed);
        return x.SqDist(y).ArgKMin(k, axis: 1);
    }

    public static async Task<ReductionResult> LocallyAsync(ReductionCall call)
    {
        await using var engine = KeopsEngine.CreateLocal(2);
        return await engine.ReduceAsync(call, null, TestContext.Current.CancellationToken);
    }

    /// <summary>Equal to the last bit, in shape and plan too.</summary>
    public static void AssertSame(ReductionResult expected, ReductionResult actual)
    {
        Assert.Equal(expected.PlanHash, actual.PlanHash);
        Assert.Equal((expected.Rows, expected.Pairs), (actual.Rows, actual.Pairs));
        Assert.Equal(expected.Arrays.Count, actual.Arrays.Count);
        foreach (var (e, a) in expected.Arrays.Zip(actual.Arrays))
        {
            Assert.Equal((e.Name, e.Type), (a.Name, a.Type));
            Assert.Equal(e.Shape, a.Shape);
            Assert.True(e.Bytes.Span.SequenceEqual(a.Bytes.Span), $"{e.Name} differs.");
        }
    }

    /// <summary>Writes a cloud of points.</summary>
    public static async Task WriteCloudAsync(string path, int rows, int seed)
    {
        var token = TestContext.Current.CancellationToken;
        await using var writer = await ResultWriter.CreateAsync(
            path, ResultColumns.For("p", 3, null), new ResultOptions { RowGroupRows = 1000 }, token);
        await writer.AppendRowsAsync(rows, MemoryMarshal.AsBytes(Uniform(rows * 3, seed).AsSpan()).ToArray(), null, token);
        await writer.CommitAsync(token);
    }

    public static async Task<float[]> ReadAsync(string path)
    {
        var token = TestContext.Current.CancellationToken;
        await using var cloud = await PointCloud.OpenAsync(path, new CloudOptions(), token);
        var bytes = new byte[cloud.RowCount * cloud.Dim * sizeof(float)];
        await cloud.ReadAsync(0, (int)cloud.RowCount, bytes, token);
        return MemoryMarshal.Cast<byte, float>(bytes).ToArray();
    }

    public static ReductionCall WithOutput(this ReductionCall call, string path, params string[] keep) =>
        call with { Output = new OutputTarget(path, [.. keep]) };

    static LazyTensor Kernel(LazyTensor x, LazyTensor y) => -(x.SqDist(y) * LazyTensor.Pm(4));

    static (LazyTensor X, LazyTensor Y, LazyTensor B) Parts(int m, int n, int seed) => (
        LazyTensor.Vi((ReadOnlyMemory<float>)Uniform(m * 3, seed), 3),
        LazyTensor.Vj((ReadOnlyMemory<float>)Uniform(n * 3, seed + 100), 3),
        LazyTensor.Vj((ReadOnlyMemory<float>)Uniform(n, seed + 200), 1));
}
