using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Types;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Data.Tests;

public class ArrowRowsTests
{
    static float[] Floats(ReadOnlyMemory<byte> bytes) => MemoryMarshal.Cast<byte, float>(bytes.Span).ToArray();

    [Fact]
    public async Task Numbers_are_rows_of_one_component()
    {
        var rows = ArrowRows.Of(new Int64Array.Builder().AppendRange([1, 2, 3]).Build(), ElementType.Float64);
        Assert.Equal((3L, 1), (rows.RowCount, rows.Dim));
        Assert.Equal([2, 3], await rows.DoublesAsync(1, 2));
        Assert.True(rows.TryGetRows(0, 1).IsEmpty);

        var floats = ArrowRows.Of(new FloatArray.Builder().AppendRange([1, 2, 3]).Build());
        Assert.Equal<float>([2, 3], Floats(floats.TryGetRows(1, 2)));
    }

    [Fact]
    public async Task Halfs_need_no_copy_and_other_numbers_are_rounded_to_them()
    {
        var halfs = new HalfFloatArray.Builder().AppendRange([(Half)1.5, (Half)2, (Half)3]).Build();
        var rows = ArrowRows.Of(halfs, ElementType.Float16);
        Assert.Equal([(Half)2, (Half)3], MemoryMarshal.Cast<byte, Half>(rows.TryGetRows(1, 2).Span).ToArray());
        Assert.True(ArrowRows.Of(halfs).TryGetRows(0, 1).IsEmpty);
        Assert.Equal([1.5f, 2, 3], await ArrowRows.Of(halfs).FloatsAsync(0, 3));

        var list = new FixedSizeListArray.Builder(HalfFloatType.Default, 2);
        var elements = (HalfFloatArray.Builder)list.ValueBuilder;
        for (var row = 0; row < 3; row++)
        {
            list.Append();
            elements.Append((Half)row).Append((Half)(-row));
        }

        var vectors = ArrowRows.Of(list.Build(), ElementType.Float16);
        Assert.Equal((3L, 2), (vectors.RowCount, vectors.Dim));
        Assert.Equal([(Half)2, (Half)(-2)], MemoryMarshal.Cast<byte, Half>(vectors.TryGetRows(2, 1).Span).ToArray());

        var rounded = ArrowRows.Of(new DoubleArray.Builder().AppendRange([2049, 1e6]).Build(), ElementType.Float16);
        var bytes = new byte[4];
        await rounded.ReadAsync(0, 2, bytes, TestContext.Current.CancellationToken);
        Assert.Equal([(Half)2048, Half.PositiveInfinity], MemoryMarshal.Cast<byte, Half>(bytes).ToArray());
    }

    [Fact]
    public async Task Slices_keep_their_place()
    {
        var batch = ArrowCloudTests.Batch(0, 20).Slice(5, 10);
        foreach (var rows in (ArrowRows[])[ArrowRows.Of(batch, ElementType.Float32, "v"), ArrowRows.Of(batch.Column(3))])
        {
            Assert.Equal((10L, 2), (rows.RowCount, rows.Dim));
            Assert.Equal([6, -6, 7, -7], await rows.FloatsAsync(1, 2));
            Assert.Equal<float>([6, -6, 7, -7], Floats(rows.TryGetRows(1, 2)));
        }
        var columns = ArrowRows.Of(batch, ElementType.Float32, "y", "x");
        Assert.Equal([-14, 14 / 8f], await columns.FloatsAsync(9, 1));
        Assert.Equal(2, ArrowRows.Of(batch).Dim);
    }

    [Fact]
    public async Task Lists_of_equal_length_are_vectors()
    {
        var list = new ListArray.Builder(DoubleType.Default);
        var elements = (DoubleArray.Builder)list.ValueBuilder;
        foreach (var row in (double[][])[[1, 2], [3, 4], [5]])
        {
            list.Append();
            elements.AppendRange(row);
        }
        var rows = ArrowRows.Of(list.Build(), ElementType.Float64);
        Assert.Equal([1, 2, 3, 4], await rows.DoublesAsync(0, 2));
        Assert.Equal([3, 4], await rows.DoublesAsync(1, 1));
        var error = await Assert.ThrowsAsync<DataException>(() => rows.DoublesAsync());
        Assert.Equal(2, error.Row);
    }

    [Fact]
    public async Task Nulls_texts_and_unknown_columns_are_refused()
    {
        var rows = ArrowRows.Of(new FloatArray.Builder().Append(1).AppendNull().Build());
        var error = await Assert.ThrowsAsync<DataException>(() => rows.FloatsAsync());
        Assert.Equal(1, error.Row);
        Assert.True(rows.TryGetRows(0, 1).IsEmpty);

        var batch = ArrowCloudTests.Batch(0, 3);
        Assert.Throws<DataException>(() => ArrowRows.Of(batch, ElementType.Float32, "label"));
        Assert.Contains("x, y, label, v", Assert.Throws<DataException>(() => ArrowRows.Of(batch, ElementType.Float32, "z")).Message,
            StringComparison.Ordinal);
    }
}
