namespace Distributed.Keops.Data.Tests;

public sealed class BadFileTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    async Task<DataException> ErrorOfAsync(byte[] bytes)
    {
        await File.WriteAllBytesAsync(_folder["bad.parquet"], bytes, Token);
        var error = await Assert.ThrowsAsync<DataException>(() => PointCloud.OpenAsync(_folder["bad.parquet"], new CloudOptions(), Token));
        Assert.Equal(_folder["bad.parquet"], error.Path);
        return error;
    }

    [Fact]
    public async Task Empty_short_and_foreign_files_are_refused()
    {
        Assert.Contains("empty", (await ErrorOfAsync([])).Message, StringComparison.Ordinal);
        Assert.Contains("neither a Parquet", (await ErrorOfAsync("x,y\n1,2\n"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("neither a Parquet", (await ErrorOfAsync([1])).Message, StringComparison.Ordinal);
        Assert.Contains("truncated", (await ErrorOfAsync("PAR1"u8.ToArray())).Message, StringComparison.Ordinal);
        Assert.Contains("encrypted", (await ErrorOfAsync("PARExxxxxxxxPARE"u8.ToArray())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(5)]
    [InlineData(100)]
    [InlineData(20_000)]
    public async Task A_truncated_file_is_refused(int missing)
    {
        var whole = await File.ReadAllBytesAsync(Fixture.Path("points_uncompressed"), Token);
        Assert.Contains("truncated", (await ErrorOfAsync(whole[..^missing])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_damaged_footer_is_refused()
    {
        var bytes = await File.ReadAllBytesAsync(Fixture.Path("points_uncompressed"), Token);
        bytes[^5] = 0x7f;
        Assert.Contains("damaged", (await ErrorOfAsync(bytes)).Message, StringComparison.Ordinal);

        bytes = await File.ReadAllBytesAsync(Fixture.Path("points_uncompressed"), Token);
        bytes.AsSpan(bytes.Length - 400, 380).Fill(0xff);
        await ErrorOfAsync(bytes);
    }

    [Fact]
    public async Task Damaged_pages_are_refused_with_their_column()
    {
        var bytes = await File.ReadAllBytesAsync(Fixture.Path("points_snappy"), Token);
        await using (var whole = await Fixture.OpenAsync("points_snappy", "x"))
            bytes.AsSpan((int)whole.Files[0].RowGroups[0].ByteOffset, 200).Fill(0xff);
        await File.WriteAllBytesAsync(_folder["bad.parquet"], bytes, Token);
        await using var cloud = await PointCloud.OpenAsync(_folder["bad.parquet:x"], new CloudOptions(), Token);
        var error = await Assert.ThrowsAsync<DataException>(() => cloud.FloatsAsync());
        Assert.Equal(("x", 0), (error.Column, error.RowGroup));
        // Rows of the other row group never touch the damaged one.
        Assert.Equal(Enumerable.Range(2048, 952).Select(i => i / 8f), await cloud.FloatsAsync(2048));
    }

    [Fact]
    public async Task A_float16_column_is_named_and_the_column_beside_it_reads()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Fixture.OpenAsync("half", "h"));
        Assert.Equal("h", error.Column);
        Assert.Contains("float16", error.Message, StringComparison.Ordinal);
        await using var cloud = await Fixture.OpenAsync("half");
        Assert.Equal(["x"], cloud.Columns);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i / 8f), await cloud.FloatsAsync());
    }

    [Fact]
    public async Task A_list_in_pages_of_version_2_is_named_and_the_column_beside_it_reads()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Fixture.OpenAsync("v2_list", "v"));
        Assert.Equal("v", error.Column);
        Assert.Contains("version 2", error.Message, StringComparison.Ordinal);
        await using var cloud = await Fixture.OpenAsync("v2_list", "x");
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i / 8f), await cloud.FloatsAsync());
    }
}
