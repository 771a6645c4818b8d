namespace Distributed.Keops.Data.Tests;

public class NullTests
{
    static readonly CloudOptions Skip = new() { Nulls = NullPolicy.Skip };

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_null_is_an_error_that_says_where()
    {
        await using var cloud = await Fixture.OpenAsync("nulls", "y,x");
        var error = await Assert.ThrowsAsync<DataException>(() => cloud.FloatsAsync());
        Assert.Equal(("x", 1, 2100L, 2100L), (error.Column, error.RowGroup, error.Row, error.FileRow));
        Assert.EndsWith("nulls.parquet", error.Path, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Equal(2048, (await cloud.FloatsAsync(0, 1024)).Count);
        Assert.Null(await cloud.ReadValidityAsync(0, 5000, Token));
    }

    [Fact]
    public async Task Rows_count_within_the_cloud_and_within_the_file()
    {
        using var folder = new TempFolder();
        File.Copy(Fixture.Path("points_snappy"), folder["1.parquet"]);
        File.Copy(Fixture.Path("nulls"), folder["2.parquet"]);
        await using var cloud = await PointCloud.OpenAsync(folder.Path + ":x", new CloudOptions(), Token);
        var error = await Assert.ThrowsAsync<DataException>(() => cloud.FloatsAsync(3000, 5000));
        Assert.Equal((5100L, 2100L), (error.Row, error.FileRow));
        Assert.Contains("row 5100, row 2100 of the file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Skipped_rows_are_NaN_and_masked()
    {
        await using var cloud = await Fixture.OpenAsync("nulls", "x,y", Skip);
        var values = await cloud.FloatsAsync(2099, 3);
        Assert.Equal([2099 / 8f, -2099, float.NaN, -2100, 2101 / 8f, -2101], values);

        var mask = await cloud.ReadValidityAsync(0, 5000, Token);
        Assert.Equal(4998, mask!.ValidCount);
        Assert.Equal([2100, 4999], Enumerable.Range(0, 5000).Where(row => !mask[row]));
        mask = await cloud.ReadValidityAsync(2090, 20, Token);
        Assert.Equal([10], Enumerable.Range(0, 20).Where(row => !mask![row]));
        Assert.Equal(2090, mask!.FirstRow);
        Assert.Null(await cloud.ReadValidityAsync(0, 2100, Token));
        Assert.Null(await cloud.ReadValidityAsync(2101, 100, Token));
    }

    [Fact]
    public async Task Vectors_may_be_null_or_hold_one()
    {
        await using var cloud = await Fixture.OpenAsync("vectors_nulls", "v", Skip);
        Assert.Equal((100L, 2), (cloud.RowCount, cloud.Dim));
        var mask = await cloud.ReadValidityAsync(0, 100, Token);
        Assert.Equal([0, 40, 50], Enumerable.Range(0, 100).Where(row => !mask![row]));
        Assert.Equal([float.NaN, float.NaN, 1 / 8f, -1], await cloud.FloatsAsync(0, 2));
        Assert.Equal([float.NaN, 2, 51 / 8f, -51], await cloud.FloatsAsync(50, 2));

        await using var strict = await Fixture.OpenAsync("vectors_nulls", "v");
        var error = await Assert.ThrowsAsync<DataException>(() => strict.FloatsAsync());
        Assert.Equal(0, error.Row);
    }
}
