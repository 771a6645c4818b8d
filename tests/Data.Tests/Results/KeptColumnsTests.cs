using Parquet;

namespace Distributed.Keops.Data.Tests;

public sealed class KeptColumnsTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Input_columns_are_carried_along_in_their_own_types()
    {
        await using var kept = await KeptColumns.OpenAsync(new CloudSpec(Fixture.Path("points_zstd"), "label", "id"), Token);
        await WriteAsync(kept, 5000, rowGroupRows: 1500);

        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet:sum,id"], Fixture.Doubles, Token);
        Assert.Equal(Enumerable.Range(0, 5000).SelectMany(i => new[] { 0.0, i }), await cloud.DoublesAsync());
        await using var reader = await ParquetReader.CreateAsync(_folder["out.parquet"], cancellationToken: Token);
        Assert.Equal([typeof(float), typeof(ReadOnlyMemory<char>), typeof(int)], reader.Schema.DataFields.Select(field => field.ClrType));
        var labels = new string[500];
        await reader.OpenRowGroupReader(3).ReadAsync(reader.Schema.DataFields[1], labels, cancellationToken: Token);
        Assert.Equal(Enumerable.Range(4500, 500).Select(i => "row " + i % 7), labels);
    }

    [Fact]
    public async Task Every_plain_type_is_kept()
    {
        string[] names = ["i8", "i16", "i32", "i64", "u8", "u16", "u32", "u64", "flag", "d9", "d18", "f32", "f64", "text", "time", "day"];
        await using var kept = await KeptColumns.OpenAsync(new CloudSpec(Fixture.Path("types"), names), Token);
        await WriteAsync(kept, 100, 64);

        var numbers = "i8,i16,i32,i64,u8,u16,u32,u64,flag,d9,d18,f32,f64";
        await using var before = await Fixture.OpenAsync("types", numbers, Fixture.Doubles);
        await using var after = await PointCloud.OpenAsync(_folder["out.parquet"] + ":" + numbers, Fixture.Doubles, Token);
        Assert.Equal(await before.DoublesAsync(), await after.DoublesAsync());
    }

    [Fact]
    public async Task Nulls_are_kept()
    {
        await using var kept = await KeptColumns.OpenAsync(new CloudSpec(Fixture.Path("nulls"), "x"), Token);
        await WriteAsync(kept, 5000, 1000);
        await using var cloud = await PointCloud.OpenAsync(_folder["out.parquet:x"], new CloudOptions { Nulls = NullPolicy.Skip }, Token);
        var mask = await cloud.ReadValidityAsync(0, 5000, Token);
        Assert.Equal([2100, 4999], Enumerable.Range(0, 5000).Where(row => !mask![row]));
    }

    [Fact]
    public async Task Lists_more_rows_than_the_input_and_equal_names_are_refused()
    {
        await using var list = await KeptColumns.OpenAsync(new CloudSpec(Fixture.Path("vectors"), "v"), Token);
        var error = await Assert.ThrowsAsync<DataException>(() => WriteAsync(list, 10, 10));
        Assert.Equal("v", error.Column);

        await using var kept = await KeptColumns.OpenAsync(new CloudSpec(Fixture.Path("types"), "i8"), Token);
        await Assert.ThrowsAsync<DataException>(() => WriteAsync(kept, 101, 200));
        await Assert.ThrowsAsync<DataException>(() => WriteAsync(kept, 10, 10, "i8"));
    }

    async Task WriteAsync(KeptColumns kept, int rows, int rowGroupRows, string name = "sum")
    {
        await using var writer = await ResultWriter.CreateAsync(_folder["out.parquet"], ResultColumns.For(name, 1, null),
            new ResultOptions { RowGroupRows = rowGroupRows, Keep = kept }, Token);
        await writer.AppendAsync(rows, [new byte[rows * 4]], null, Token);
        await writer.CommitAsync(Token);
    }
}
