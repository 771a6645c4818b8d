using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>float16 rows as float32.</summary>
public class WidenedRowsTests
{
    [Fact]
    public void Every_half_is_widened_exactly()
    {
        var halfs = Enumerable.Range(0, 1 << 16).Select(bits => BitConverter.UInt16BitsToHalf((ushort)bits)).ToArray();
        var singles = new float[halfs.Length];
        HalfValues.Widen(halfs, singles);
        for (var k = 0; k < halfs.Length; k++)
        {
            if (Half.IsNaN(halfs[k])) Assert.True(float.IsNaN(singles[k]), $"{k:x4}");
            else Assert.Equal(BitConverter.SingleToInt32Bits((float)halfs[k]), BitConverter.SingleToInt32Bits(singles[k]));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Rows_in_memory_and_streamed_ones(bool streamed)
    {
        // More than is read at once, in rows that do not divide it.
        const int Rows = 9001, Dim = 5;
        var values = Enumerable.Range(0, Rows * Dim).Select(k => (Half)(k % 2049 - 1000)).ToArray();
        IRowSource source = ArrayRows.Of(values, Dim);
        var wide = new WidenedRows(streamed ? new StreamedRows(source) : source);
        Assert.Equal((Rows, Dim, ElementType.Float32), (wide.RowCount, wide.Dim, wide.Type));
        Assert.True(((IRowSource)wide).TryGetRows(0, 10).IsEmpty);
        foreach (var (first, count) in new[] { (0, Rows), (1, 1), (8990, 11), (17, 0), (3, 4000) })
        {
            var bytes = new byte[count * Dim * sizeof(float)];
            await wide.ReadAsync(first, count, bytes, TestContext.Current.CancellationToken);
            Assert.Equal(
                values.Skip(first * Dim).Take(count * Dim).Select(v => (float)v), MemoryMarshal.Cast<byte, float>(bytes).ToArray());
        }
    }

    [Fact]
    public void Matrices_of_halfs_are_rows()
    {
        var rows = ArrayRows.Of(new Half[,] { { (Half)1, (Half)2 }, { (Half)3, (Half)4 } });
        Assert.Equal((2L, 2, ElementType.Float16), (rows.RowCount, rows.Dim, rows.Type));
        Assert.Equal([(Half)3, (Half)4], MemoryMarshal.Cast<byte, Half>(rows.TryGetRows(1, 1).Span).ToArray());
    }
}
