using System.Runtime.InteropServices;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data.Tests;

/// <summary>The committed files of foreign writers, and short ways to read.</summary>
static class Fixture
{
    public static readonly CloudOptions Doubles = new() { Type = ElementType.Float64 };

    public static string Path(string name) => System.IO.Path.Combine(AppContext.BaseDirectory, "fixtures", name + ".parquet");

    public static Task<PointCloud> OpenAsync(string name, string columns = "", CloudOptions? options = null) =>
        PointCloud.OpenAsync(new CloudSpec(Path(name), columns.Length == 0 ? [] : columns.Split(',')), options ?? new CloudOptions(),
            TestContext.Current.CancellationToken);

    public static async Task<IReadOnlyList<float>> FloatsAsync(this IRowSource rows, long first = 0, int? count = null) =>
        await ValuesAsync<float>(rows, first, count);

    public static async Task<IReadOnlyList<double>> DoublesAsync(this IRowSource rows, long first = 0, int? count = null) =>
        await ValuesAsync<double>(rows, first, count);

    static async Task<T[]> ValuesAsync<T>(IRowSource rows, long first, int? count) where T : unmanaged
    {
        var take = count ?? (int)(rows.RowCount - first);
        var bytes = new byte[take * rows.Dim * rows.Type.Size()];
        await rows.ReadAsync(first, take, bytes, TestContext.Current.CancellationToken);
        return MemoryMarshal.Cast<byte, T>(bytes).ToArray();
    }
}
