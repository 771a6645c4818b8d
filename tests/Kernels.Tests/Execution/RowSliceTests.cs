using Distributed.Keops.Kernels.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>Some rows of a source, as a source.</summary>
public sealed class RowSliceTests
{
    static readonly float[] Values = [.. Enumerable.Range(0, 20).Select(v => (float)v)];

    [Fact]
    public async Task A_slice_has_the_rows_of_its_source()
    {
        var slice = new RowSlice(ArrayRows.Of(Values, 2), 3, 4);
        Assert.Equal((4L, 2, ElementType.Float32), (slice.RowCount, slice.Dim, slice.Type));
        var bytes = new byte[16];
        await slice.ReadAsync(1, 2, bytes, TestContext.Current.CancellationToken);
        Assert.Equal([8f, 9, 10, 11], System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        Assert.Equal(bytes, slice.TryGetRows(1, 2).ToArray());
    }

    [Fact]
    public async Task Rows_outside_the_slice_are_refused_although_the_source_has_them()
    {
        var slice = new RowSlice(ArrayRows.Of(Values, 2), 3, 4);
        Assert.Throws<ArgumentOutOfRangeException>(() => slice.TryGetRows(3, 2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(
            async () => await slice.ReadAsync(-1, 1, new byte[8], TestContext.Current.CancellationToken));
    }
}
