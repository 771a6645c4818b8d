using System.Runtime.InteropServices;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Apache.Arrow.Types;
using Parquet;

namespace Distributed.Keops.Data.Tests;

public sealed class ArrowCloudTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>x = i/8, y = -i (null at 15 if asked), label, v = (i, -i); the rows [first, first + count).</summary>
    internal static RecordBatch Batch(int first, int count, bool withNull = false)
    {
        var rows = Enumerable.Range(first, count).ToArray();
        var (x, y, label) = (new FloatArray.Builder(), new Int32Array.Builder(), new StringArray.Builder());
        var v = new FixedSizeListArray.Builder(FloatType.Default, 2);
        var elements = (FloatArray.Builder)v.ValueBuilder;
        foreach (var i in rows)
        {
            x.Append(i / 8f);
            _ = withNull && i == 15 ? y.AppendNull() : y.Append(-i);
            label.Append("row " + i);
            v.Append();
            elements.Append(i).Append(-i);
        }
        return new RecordBatch.Builder().Append("x", false, x.Build()).Append("y", true, y.Build()).Append("label", false, label.Build())
            .Append("v", false, v.Build()).Build();
    }

    string Write(string name, bool stream, bool withNull = false)
    {
        using var file = File.Create(_folder[name]);
        using var first = Batch(0, 10, withNull);
        using var second = Batch(10, 15, withNull);
        using var writer = stream ? new ArrowStreamWriter(file, first.Schema) : new ArrowFileWriter(file, first.Schema);
        writer.WriteStart();
        writer.WriteRecordBatch(first);
        writer.WriteRecordBatch(second);
        writer.WriteEnd();
        return file.Name;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Both_formats_read(bool stream)
    {
        await using var cloud = await PointCloud.OpenAsync(Write("a.arrow", stream) + ":y,x", Fixture.Doubles, Token);
        Assert.Equal((25L, 2), (cloud.RowCount, cloud.Dim));
        Assert.Equal(Enumerable.Range(0, 25).SelectMany(i => new[] { -i, i / 8.0 }), await cloud.DoublesAsync());
        Assert.Equal([-9, 9 / 8.0, -10, 10 / 8.0], await cloud.DoublesAsync(9, 2));
        Assert.Equal([10, 15], cloud.Files[0].RowGroups.Select(group => group.RowCount));
        Assert.All(cloud.Files[0].RowGroups, group => Assert.InRange(group.ByteOffset + group.ByteLength, 100, cloud.Files[0].Length));
        Assert.True(cloud.TryGetRows(0, 5).IsEmpty);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Halfs_read_as_they_stand(bool stream)
    {
        var (a, v) = (new HalfFloatArray.Builder(), new FixedSizeListArray.Builder(HalfFloatType.Default, 2));
        for (var row = 0; row < 20; row++)
        {
            a.Append((Half)(row / 8.0));
            v.Append();
            ((HalfFloatArray.Builder)v.ValueBuilder).Append((Half)row).Append((Half)(-row));
        }

        using var batch = new RecordBatch.Builder().Append("a", false, a.Build()).Append("v", false, v.Build()).Build();
        using (var file = File.Create(_folder["half.arrow"]))
        using (var writer = stream ? new ArrowStreamWriter(file, batch.Schema) : new ArrowFileWriter(file, batch.Schema))
        {
            writer.WriteStart();
            writer.WriteRecordBatch(batch);
            writer.WriteEnd();
        }

        var half = new CloudOptions { Type = Kernels.ElementType.Float16 };
        await using var vectors = await PointCloud.OpenAsync(_folder["half.arrow"] + ":v", half, Token);
        Assert.Equal([(Half)7, (Half)(-7)], MemoryMarshal.Cast<byte, Half>(vectors.TryGetRows(7, 1).Span).ToArray());
        await using var both = await PointCloud.OpenAsync(_folder["half.arrow"] + ":a,v", half, Token);
        var bytes = new byte[2 * 3 * 2];
        await both.ReadAsync(18, 2, bytes, Token);
        Assert.Equal([18 / 8.0, 18, -18, 19 / 8.0, 19, -19], MemoryMarshal.Cast<byte, Half>(bytes).ToArray().Select(h => (double)h));
        await using var singles = await PointCloud.OpenAsync(_folder["half.arrow"] + ":a", new CloudOptions(), Token);
        Assert.Equal(Enumerable.Range(0, 20).Select(row => row / 8f), await singles.FloatsAsync());
    }

    [Fact]
    public async Task A_vector_column_needs_no_copy()
    {
        await using var cloud = await PointCloud.OpenAsync(Write("a.feather", stream: false) + ":v", new CloudOptions(), Token);
        Assert.Equal(2, cloud.Dim);
        Assert.Equal(Enumerable.Range(0, 25).SelectMany(i => new[] { (float)i, -i }), await cloud.FloatsAsync());
        Assert.Equal([12, -12, 13, -13], MemoryMarshal.Cast<byte, float>(cloud.TryGetRows(12, 2).Span).ToArray());
        // These rows lie in two batches.
        Assert.True(cloud.TryGetRows(9, 2).IsEmpty);
    }

    [Fact]
    public async Task Nulls_follow_the_policy()
    {
        var path = Write("a.arrow", stream: true, withNull: true) + ":x,y";
        await using var strict = await PointCloud.OpenAsync(path, new CloudOptions(), Token);
        var error = await Assert.ThrowsAsync<DataException>(() => strict.FloatsAsync());
        Assert.Equal(("y", 1, 15L), (error.Column, error.RowGroup, error.Row));

        await using var lenient = await PointCloud.OpenAsync(path, new CloudOptions { Nulls = NullPolicy.Skip }, Token);
        Assert.Equal([14 / 8f, -14, 15 / 8f, float.NaN, 2, -16], await lenient.FloatsAsync(14, 3));
        Assert.False((await lenient.ReadValidityAsync(10, 10, Token))![5]);
    }

    [Fact]
    public async Task Truncated_files_and_text_columns_are_refused()
    {
        var bytes = await File.ReadAllBytesAsync(Write("a.arrow", stream: false), Token);
        await File.WriteAllBytesAsync(_folder["bad.arrow"], bytes[..^40], Token);
        var error = await Assert.ThrowsAsync<DataException>(() => PointCloud.OpenAsync(_folder["bad.arrow"], new CloudOptions(), Token));
        Assert.Contains("truncated", error.Message, StringComparison.Ordinal);

        bytes = await File.ReadAllBytesAsync(Write("b.arrow", stream: true), Token);
        await File.WriteAllBytesAsync(_folder["bad.arrow"], bytes[..(bytes.Length / 2)], Token);
        await Assert.ThrowsAsync<DataException>(() => PointCloud.OpenAsync(_folder["bad.arrow"], new CloudOptions(), Token));

        error = await Assert.ThrowsAsync<DataException>(() => PointCloud.OpenAsync(_folder["a.arrow:label"], new CloudOptions(), Token));
        Assert.Contains("string", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Columns_are_kept_from_arrow_too()
    {
        await using var kept = await KeptColumns.OpenAsync(
            CloudSpec.Parse(Write("a.arrow", stream: true, withNull: true) + ":label,y,x"), Token);
        await using (var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For("sum", 1, null),
            new ResultOptions { Keep = kept }, Token))
        {
            await writer.AppendAsync(25, [new byte[100]], null, Token);
            await writer.CommitAsync(Token);
        }
        await using var reader = await ParquetReader.CreateAsync(_folder["out.parquet"], cancellationToken: Token);
        var labels = new string[25];
        await reader.OpenRowGroupReader(0).ReadAsync(reader.Schema.DataFields[1], labels, cancellationToken: Token);
        Assert.Equal("row 24", labels[24]);
        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet:x"], new CloudOptions(), Token);
        Assert.Equal(Enumerable.Range(0, 25).Select(i => i / 8f), await cloud.FloatsAsync());
    }
}
