namespace Distributed.Keops.Data.Tests;

public class VectorTests
{
    [Fact]
    public async Task A_list_column_is_a_vector()
    {
        await using var cloud = await Fixture.OpenAsync("vectors", "v");
        Assert.Equal((3000L, 3), (cloud.RowCount, cloud.Dim));
        Assert.Equal(Enumerable.Range(0, 3000).SelectMany(i => new[] { i / 8f, -i, 1.5f }), await cloud.FloatsAsync());
    }

    [Fact]
    public async Task Vectors_and_scalars_stand_side_by_side()
    {
        await using var cloud = await Fixture.OpenAsync("vectors", "id,v");
        Assert.Equal(4, cloud.Dim);
        Assert.Equal([2500, 2500 / 8f, -2500, 1.5f], await cloud.FloatsAsync(2500, 1));
    }

    [Theory]
    [InlineData("vectors_double")]
    [InlineData("vectors_fixed")]
    public async Task Doubles_and_fixed_sizes_read_alike(string name)
    {
        // Without column names: the only numeric column is the vector.
        await using var cloud = await Fixture.OpenAsync(name, "", Fixture.Doubles);
        Assert.Equal(Enumerable.Range(0, 100).SelectMany(i => new[] { i / 8.0, -i }), await cloud.DoublesAsync());
    }

    [Theory]
    [InlineData("ragged", 1, 2500, "has 1 values, 2")]
    [InlineData("vectors_empty", 0, 3, "has 0 values, 1")]
    public async Task Ragged_vectors_are_refused_at_their_row(string name, int rowGroup, int row, string message)
    {
        await using var cloud = await Fixture.OpenAsync(name, "v");
        var error = await Assert.ThrowsAsync<DataException>(() => cloud.FloatsAsync());
        Assert.Equal(("v", rowGroup, (long)row), (error.Column, error.RowGroup, error.Row));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }
}
