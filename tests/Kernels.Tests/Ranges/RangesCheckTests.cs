using Distributed.Keops.Kernels.Ranges;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Ranges;

/// <summary>Wrong ranges are refused before any work, and the offending entry is named.</summary>
public class RangesCheckTests
{
    [Theory]
    [InlineData(new long[] { 0, 2, 2 }, new long[] { 1 }, new long[] { 0, 3 }, "ranges_X holds 3 numbers")]
    [InlineData(new long[] { 0, 2 }, new long[] { 1 }, new long[] { 0, 3, 4 }, "redranges_Y holds 3 numbers")]
    [InlineData(new long[] { 0, 2 }, new long[] { 1, 1 }, new long[] { 0, 3 }, "ranges_X has 1 intervals and slices_X 2 numbers")]
    [InlineData(new long[] { 0, 1, -1, 2 }, new long[] { 1, 1 }, new long[] { 0, 3 }, "ranges_X[1] is [-1, 2)")]
    [InlineData(new long[] { 3, 2 }, new long[] { 1 }, new long[] { 0, 3 }, "ranges_X[0] is [3, 2)")]
    [InlineData(new long[] { 0, 2 }, new long[] { 2 }, new long[] { 0, 3, 3, 1 }, "redranges_Y[1] is [3, 1)")]
    [InlineData(new long[] { 0, 2 }, new long[] { 2 }, new long[] { 0, 3 }, "slices_X[0] is 2")]
    [InlineData(new long[] { 0, 2 }, new long[] { -1 }, new long[] { 0, 3 }, "slices_X[0] is -1")]
    [InlineData(new long[] { 0, 2, 2, 4 }, new long[] { 2, 1 }, new long[] { 0, 3, 0, 3 }, "slices_X[1] is 1")]
    [InlineData(new long[] { 0, 2, 2, 4 }, new long[] { 1, 2 }, new long[] { 0, 3, 0, 3, 3, 5 },
        "slices_X[1] is 2, but redranges_Y has 3 intervals")]
    [InlineData(new long[0], new long[0], new long[] { 0, 3 }, "slices_X is empty, but redranges_Y has 1 intervals")]
    [InlineData(new long[] { 0, 3, 1, 4 }, new long[] { 1, 1 }, new long[] { 0, 3 }, "ranges_X[0] is [0, 3) and ranges_X[1] is [1, 4)")]
    [InlineData(new long[] { 2, 4, 4, 4, 0, 3 }, new long[] { 1, 1, 1 }, new long[] { 0, 3 },
        "ranges_X[0] is [2, 4) and ranges_X[2] is [0, 3)")]
    public void What_does_not_fit_together(long[] rows, long[] slices, long[] reduced, string message)
    {
        foreach (var axis in new[] { 0, 1 })
        {
            var error = Assert.Throws<KeopsException>(() => AxisRanges.FromNumbers(axis, rows, slices, reduced));
            Assert.Contains(Named(message, axis), error.Message, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData(new long[] { 0, 2, 2, 5 }, new long[] { 1, 1 }, new long[] { 0, 3 }, "ranges_X[1] is [2, 5): there are only 4 rows")]
    [InlineData(new long[] { 0, 2 }, new long[] { 2 }, new long[] { 0, 3, 1, 6 }, "redranges_Y[1] is [1, 6): there are only 5 rows")]
    [InlineData(new long[] { 9, 9 }, new long[] { 0 }, new long[0], "ranges_X[0] is [9, 9): there are only 4 rows")]
    public void Rows_that_do_not_exist(long[] rows, long[] slices, long[] reduced, string message)
    {
        foreach (var axis in new[] { 0, 1 })
        {
            var ranges = AxisRanges.FromNumbers(axis, rows, slices, reduced);
            var error = Assert.Throws<KeopsException>(() => SideRanges.Create(ranges, rowCount: 4, reducedCount: 5));
            Assert.Contains(Named(message, axis), error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Empty_intervals_touch_nothing()
    {
        var ranges = AxisRanges.FromNumbers(1, [1, 1, 0, 3, 3, 3], [1, 3, 3], [0, 5, 2, 2, 1, 4]);
        var side = SideRanges.Create(ranges, 3, 5);
        Assert.Equal([new RowInterval(0, 3)], side.Rows);
        Assert.Equal([new RowInterval(1, 4)], side.ReducedOf(0).ToArray());
    }

    static string Named(string message, int axis) => axis == 1
        ? message.Replace('X', 'i').Replace('Y', 'j')
        : message.Replace('X', 'j').Replace('Y', 'i');
}
