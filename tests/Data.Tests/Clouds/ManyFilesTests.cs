using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data.Tests;

public sealed class ManyFilesTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    void Copy(string fixture, string name) => File.Copy(Fixture.Path(fixture), _folder[name]);

    [Fact]
    public async Task A_directory_is_one_cloud()
    {
        Copy("points_snappy", "1.parquet");
        Copy("zero_rows", "2.parquet");
        Copy("points_uncompressed", "3.parquet");
        // The same columns at other places in the file: v2 has x, z, id.
        await using var cloud = await PointCloud.OpenAsync(_folder.Path + ":x", new CloudOptions(), Token);
        Assert.Equal(8000, cloud.RowCount);
        Assert.Equal([0L, 3000, 3000], cloud.Files.Select(file => file.FirstRow));
        Assert.Equal(Enumerable.Range(0, 3000).Concat(Enumerable.Range(0, 5000)).Select(i => i / 8f), await cloud.FloatsAsync());
        Assert.Equal(Enumerable.Range(2990, 10).Concat(Enumerable.Range(0, 5)).Select(i => i / 8f), await cloud.FloatsAsync(2990, 15));
    }

    [Fact]
    public async Task Columns_may_lie_at_other_places_in_each_file()
    {
        Copy("points_snappy", "1.parquet");
        Copy("points_zstd", "2.parquet");
        await using var cloud = await PointCloud.OpenAsync(_folder["*.parquet:id,z"], Fixture.Doubles, Token);
        var expected = Enumerable.Range(0, 3000).Concat(Enumerable.Range(0, 5000)).SelectMany(i => new[] { i, (long)i * i % 1000 / 4.0 });
        Assert.Equal(expected, await cloud.DoublesAsync());
    }

    [Fact]
    public async Task Files_that_disagree_are_named()
    {
        Copy("points_snappy", "1.parquet");
        Copy("vectors", "2.parquet");
        var error = await Assert.ThrowsAsync<DataException>(() => PointCloud.OpenAsync(_folder.Path + ":x", new CloudOptions(), Token));
        Assert.Equal((_folder["2.parquet"], "x"), (error.Path, error.Column));

        Copy("nulls", "0.parquet");
        error = await Assert.ThrowsAsync<DataException>(
            () => PointCloud.OpenAsync(_folder["[01].parquet:x,y,z"], new CloudOptions(), Token));
        Assert.Equal((_folder["0.parquet"], "z"), (error.Path, error.Column));
    }

    [Fact]
    public async Task Types_must_agree_between_files()
    {
        Copy("vectors", "1.parquet");
        Copy("vectors_double", "2.parquet");
        var error = await Assert.ThrowsAsync<DataException>(() => PointCloud.OpenAsync(_folder.Path + ":v", new CloudOptions(), Token));
        Assert.Contains("list<float64> here but list<float32>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_changed_while_open_is_an_error()
    {
        Copy("points_uncompressed", "1.parquet");
        await using var cloud = await PointCloud.OpenAsync(_folder["1.parquet"], new CloudOptions { CacheBytes = 0 }, Token);
        await cloud.FloatsAsync(0, 1);
        File.SetLastWriteTimeUtc(_folder["1.parquet"], DateTime.UtcNow.AddHours(1));
        var error = await Assert.ThrowsAsync<DataException>(() => cloud.FloatsAsync(0, 1));
        Assert.Contains("changed while the cloud was open", error.Message, StringComparison.Ordinal);
        File.Delete(_folder["1.parquet"]);
        error = await Assert.ThrowsAsync<DataException>(() => cloud.FloatsAsync(0, 1));
        Assert.Contains("removed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sources_of_an_axis_must_have_equally_many_rows()
    {
        await using var cloud = await Fixture.OpenAsync("points_snappy", "x");
        var array = ArrayRows.Of(new float[3000], 1);
        Assert.Equal(3000, RowCounts.RequireEqual("j", ("x", cloud), ("b", array)));

        var error = Assert.Throws<DataException>(() => RowCounts.RequireEqual("j", ("x", cloud), ("b", ArrayRows.Of(new float[7], 1))));
        Assert.Contains("x has 3000 in", error.Message, StringComparison.Ordinal);
        Assert.Contains("b has 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("points_snappy.parquet", error.Message, StringComparison.Ordinal);
    }
}
