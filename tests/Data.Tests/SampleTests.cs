namespace Distributed.Keops.Data.Tests;

/// <summary>The committed sample data open and hold what their NOTICE says.</summary>
public class SampleTests
{
    [Fact]
    public async Task Cities_lie_on_the_unit_sphere()
    {
        var path = Path.Combine(AppContext.BaseDirectory, "samples", "cities.parquet");
        await using var sphere = await PointCloud.OpenAsync(path + ":x,y,z", new CloudOptions(), TestContext.Current.CancellationToken);
        Assert.Equal((135_233L, 3), (sphere.RowCount, sphere.Dim));
        Assert.All((await sphere.FloatsAsync()).Chunk(3), p => Assert.InRange(p[0] * p[0] + p[1] * p[1] + p[2] * p[2], 1 - 1e-6f,
            1 + 1e-6f));

        await using var cities = await PointCloud.OpenAsync(path + ":longitude,latitude,population", Fixture.Doubles,
            TestContext.Current.CancellationToken);
        var rows = (await cities.DoublesAsync()).Chunk(3).ToArray();
        Assert.All(rows, row => Assert.True(Math.Abs(row[0]) <= 180 && Math.Abs(row[1]) <= 90 && row[2] >= 0));
        Assert.Equal([1.65362, 42.57952, 1052], rows[0].AsEnumerable());
    }
}
