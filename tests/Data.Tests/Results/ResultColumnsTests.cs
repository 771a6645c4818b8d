namespace Distributed.Keops.Data.Tests;

public class ResultColumnsTests
{
    [Theory]
    [InlineData(1, null, "sum")]
    [InlineData(3, null, "sum_0 sum_1 sum_2")]
    [InlineData(1, 2, "sum_0 sum_1")]
    [InlineData(2, 2, "sum_0_0 sum_0_1 sum_1_0 sum_1_1")]
    public void Narrow_results_get_a_column_for_each_value(int dim, int? k, string names)
    {
        var columns = ResultColumns.For("sum", dim, k);
        Assert.Equal(names.Split(' '), columns.Select(column => column.Name));
        Assert.All(columns, column => Assert.Equal(1, column.Width));
    }

    [Theory]
    [InlineData(17, null, "sum")]
    [InlineData(17, 2, "sum_0 sum_1")]
    public void Wide_results_are_lists(int dim, int? k, string names)
    {
        var columns = ResultColumns.For("sum", dim, k, ResultKind.Float64);
        Assert.Equal(names.Split(' '), columns.Select(column => column.Name));
        Assert.All(columns, column => Assert.Equal((17, 136), (column.Width, column.RowBytes)));
    }

    [Fact]
    public void Sixteen_components_are_still_flat() => Assert.Equal(16, ResultColumns.For("sum", 16, null).Length);
}
