using Distributed.Keops.Kernels;

namespace Distributed.Keops.Data.Tests;

public class PointCloudTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static float[] Point(int i) => [i / 8f, -i, (long)i * i % 1000 / 4f];

    [Theory]
    [InlineData("points_uncompressed", "x,y,z", 5000)]
    [InlineData("points_snappy", "x,y,z", 3000)]
    public async Task Foreign_files_read_as_written(string name, string columns, int rows)
    {
        await using var cloud = await Fixture.OpenAsync(name, columns);
        Assert.Equal((rows, 3), (cloud.RowCount, cloud.Dim));
        Assert.Equal(Enumerable.Range(0, rows).SelectMany(Point), await cloud.FloatsAsync());
    }

    [Theory]
    [InlineData("points_zstd", 5000)]
    [InlineData("points_v2", 3000)]
    public async Task Columns_come_in_the_order_asked_for(string name, int rows)
    {
        await using var cloud = await Fixture.OpenAsync(name, "id,z", Fixture.Doubles);
        var expected = Enumerable.Range(0, rows).SelectMany(i => new[] { i, (double)Point(i)[2] });
        Assert.Equal(expected, await cloud.DoublesAsync());
    }

    [Fact]
    public async Task Without_columns_all_numbers_are_taken()
    {
        await using var cloud = await Fixture.OpenAsync("points_snappy");
        Assert.Equal(["x", "y", "z", "dx", "id"], cloud.Columns);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(2047, 2)]
    [InlineData(2000, 2200)]
    [InlineData(4999, 1)]
    [InlineData(5000, 0)]
    [InlineData(0, 0)]
    public async Task Any_range_reads_across_row_groups(int first, int count)
    {
        await using var cloud = await Fixture.OpenAsync("points_uncompressed", "x,y,z");
        Assert.Equal(Enumerable.Range(first, count).SelectMany(Point), await cloud.FloatsAsync(first, count));
    }

    [Fact]
    public async Task Ranges_outside_and_small_destinations_are_refused()
    {
        await using var cloud = await Fixture.OpenAsync("points_uncompressed");
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cloud.FloatsAsync(4999, 2));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await cloud.FloatsAsync(-1, 1));
        await Assert.ThrowsAsync<ArgumentException>(async () => await cloud.ReadAsync(0, 2, new byte[23], Token));
    }

    [Fact]
    public async Task Footers_alone_describe_the_row_groups()
    {
        await using var cloud = await Fixture.OpenAsync("points_uncompressed", "y");
        var file = Assert.Single(cloud.Files);
        Assert.Equal([2048, 2048, 904], file.RowGroups.Select(group => group.RowCount));
        Assert.Equal([0L, 2048, 4096], file.RowGroups.Select(group => group.FirstRow));
        Assert.All(file.RowGroups, group => Assert.InRange(group.ByteLength, 1, group.RowCount * 5));
        Assert.All(file.RowGroups, group => Assert.InRange(group.ByteOffset, 4, file.Length));
        Assert.Equal(new FileInfo(Fixture.Path("points_uncompressed")).LastWriteTimeUtc, file.LastWriteTime);
    }

    [Fact]
    public async Task Zero_rows_are_a_cloud_too()
    {
        await using var cloud = await Fixture.OpenAsync("zero_rows", "x,y");
        Assert.Equal((0L, 2), (cloud.RowCount, cloud.Dim));
        Assert.Empty(await cloud.FloatsAsync());
    }

    [Fact]
    public async Task Concurrent_readers_agree_whatever_the_cache_holds()
    {
        foreach (var budget in (long[])[0, 30_000, 1 << 20])
        {
            await using var cloud = await Fixture.OpenAsync("points_uncompressed", "x,y,z", new CloudOptions { CacheBytes = budget });
            await Parallel.ForAsync(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (n, _) =>
            {
                var first = n * 997 % 4500;
                Assert.Equal(Enumerable.Range(first, 500).SelectMany(Point), await cloud.FloatsAsync(first, 500));
            });
        }
    }

    [Fact]
    public async Task Every_number_converts_by_rounding()
    {
        await using var cloud = await Fixture.OpenAsync("types", "i8,i16,i32,i64,u8,u16,u32,u64,flag,d9,d18,d30,f32,f64,pair.a",
            Fixture.Doubles);
        var row = await cloud.DoublesAsync(7, 1);
        Assert.Equal([7, 7, 7, 7 * 4294967296.0, 7, 7, 7, 9223372036854775808.0, 0, 1.75, 1.75, 1.75, 1.75, 1.75, 7], row);
    }

    [Theory]
    [InlineData("text", "string")]
    [InlineData("time", "timestamp")]
    [InlineData("day", "timestamp")]
    public async Task Other_types_are_refused_by_name(string column, string type)
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Fixture.OpenAsync("types", column));
        Assert.Equal(column, error.Column);
        Assert.Contains(type, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_column_names_the_nearest()
    {
        var error = await Assert.ThrowsAsync<DataException>(() => Fixture.OpenAsync("points_snappy", "x,lable"));
        Assert.Contains("Did you mean 'label'?", error.Message, StringComparison.Ordinal);
        Assert.Contains("dx (float64)", error.Message, StringComparison.Ordinal);
        Assert.Equal("lable", error.Column);
    }
}
