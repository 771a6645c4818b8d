using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Cli.Tests;

/// <summary>Small clouds as Parquet, and results read back.</summary>
static class Cloud
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Uniform numbers in [0, 1), the same for a seed.</summary>
    public static float[] Random(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    /// <summary>Writes rows of equally many values, a column for each, or one list column for a single name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="columns">The columns' names, separated by commas.</param>
    /// <param name="dim">Values of a row.</param>
    /// <param name="values">Row-major.</param>
    /// <param name="isNull">Rows that are null in every column; none by default.</param>
    public static async Task<string> WriteAsync(string path, string columns, int dim, float[] values, Func<long, bool>? isNull = null)
    {
        var (names, rows) = (columns.Split(','), values.Length / dim);
        var width = dim / names.Length;
        await using var writer = await ResultWriter.CreateAsync(
            path, names.Select(n => new ResultColumn(n, ResultKind.Float32, width, isNull is not null)),
            new ResultOptions { RowGroupRows = 64 }, Token);
        var valid = isNull is null ? null : RowMask.Create(0, rows, r => !isNull(r));
        await writer.AppendRowsAsync(rows, MemoryMarshal.AsBytes<float>(values).ToArray(), valid, Token);
        await writer.CommitAsync(Token);
        return path;
    }

    /// <summary>All values of some columns, row-major.</summary>
    public static async Task<double[]> ReadAsync(string path, params string[] columns)
    {
        await using var cloud = await PointCloud.OpenAsync(
            new CloudSpec(path, columns), new CloudOptions { Type = ElementType.Float64, Nulls = NullPolicy.Skip }, Token);
        var bytes = new byte[cloud.RowCount * cloud.Dim * sizeof(double)];
        await cloud.ReadAsync(0, (int)cloud.RowCount, bytes, Token);
        return MemoryMarshal.Cast<byte, double>(bytes).ToArray();
    }

    /// <summary>The squared distance of two rows.</summary>
    public static double SqDist(float[] x, int i, float[] y, int j, int dim) =>
        Enumerable.Range(0, dim).Sum(d => Math.Pow((double)x[i * dim + d] - y[j * dim + d], 2));

    /// <summary>Checks every value to a relative error.</summary>
    public static void AssertNear(IEnumerable<double> expected, IEnumerable<double> actual, double tolerance = 1e-5)
    {
        var (e, a) = (expected.ToArray(), actual.ToArray());
        Assert.Equal(e.Length, a.Length);
        for (var n = 0; n < e.Length; n++)
            Assert.True(Math.Abs(e[n] - a[n]) <= tolerance * Math.Max(1, Math.Abs(e[n])), $"value {n}: {a[n]}, expected {e[n]}");
    }
}
