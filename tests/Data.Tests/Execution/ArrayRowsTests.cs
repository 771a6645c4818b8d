using System.Runtime.InteropServices;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data.Tests;

public class ArrayRowsTests
{
    [Fact]
    public async Task Arrays_are_rows_without_a_copy()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        var rows = ArrayRows.Of(values, 2);
        Assert.Equal((3L, 2, ElementType.Float32), (rows.RowCount, rows.Dim, rows.Type));
        Assert.Equal([3, 4, 5, 6], await rows.FloatsAsync(1, 2));
        values[2] = 30;
        Assert.Equal([30, 4], MemoryMarshal.Cast<byte, float>(rows.TryGetRows(1, 1).Span).ToArray());
    }

    [Fact]
    public async Task Matrices_are_rows_without_a_copy()
    {
        var matrix = new double[,] { { 1, 2, 3 }, { 4, 5, 6 } };
        var rows = ArrayRows.Of(matrix);
        Assert.Equal((2L, 3, ElementType.Float64), (rows.RowCount, rows.Dim, rows.Type));
        Assert.Equal([4, 5, 6], await rows.DoublesAsync(1, 1));
        matrix[1, 0] = 40;
        Assert.Equal([40, 5, 6], MemoryMarshal.Cast<byte, double>(rows.TryGetRows(1, 1).Span).ToArray());
        Assert.Equal(0, ArrayRows.Of(new float[0, 3]).RowCount);
    }

    [Fact]
    public unsafe void Pinned_memory_is_the_array_itself()
    {
        float[] values = [1, 2, 3, 4];
        using var pin = ArrayRows.Of(values, 2).TryGetRows(1, 1).Pin();
        Assert.Equal(3, *(float*)pin.Pointer);
        var matrix = new float[,] { { 1, 2 }, { 3, 4 } };
        using var other = ArrayRows.Of(matrix).TryGetRows(1, 1).Pin();
        Assert.Equal(3, *(float*)other.Pointer);
    }

    [Fact]
    public async Task What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => ArrayRows.Of(new float[5], 2));
        var rows = ArrayRows.Of(new float[6], 2);
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await rows.FloatsAsync(2, 2));
        await Assert.ThrowsAsync<ArgumentException>(async () => await rows.ReadAsync(0, 1, new byte[7],
            TestContext.Current.CancellationToken));
    }
}
