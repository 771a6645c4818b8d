using System.Collections.Immutable;
using CsCheck;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client.Tests;

public class RangesTests
{
    static readonly long[,] Rows = { { 0, 2 }, { 2, 4 } };
    static readonly long[,] Columns = { { 0, 3 }, { 3, 5 } };
    static readonly bool[,] Keep = { { true, false }, { true, true } };

    /// <summary>The worked example of KeOps' six arrays.</summary>
    static readonly Ranges Example = Ranges.FromArrays(
        [0, 2, 2, 4], [1, 3], [0, 3, 0, 3, 3, 5],
        [0, 3, 3, 5], [2, 3], [0, 2, 2, 4, 2, 4]);

    static readonly Gen<(ImmutableArray<RowInterval> I, ImmutableArray<RowInterval> J, bool[,] Keep)> Any =
        from bordersI in Gen.Int[0, 40].Array[0, 12]
        from bordersJ in Gen.Int[0, 40].Array[0, 12]
        from bits in Gen.Bool.Array[36]
        let i = Blocks(bordersI)
        let j = Blocks(bordersJ)
        select (i, j, Matrix(i.Length, j.Length, bits));

    [Fact]
    public void A_matrix_of_kept_blocks_is_KeOps_six_arrays()
    {
        var ranges = Ranges.FromMatrix(Rows, Columns, Keep);
        Assert.Equal(Example, ranges);
        Assert.Equal(Example.GetHashCode(), ranges.GetHashCode());
        Assert.Equal([new(0, 2), new(2, 4)], ranges.RangesI);
        Assert.Equal([1, 3], ranges.SlicesI);
        Assert.Equal([new(0, 3), new(0, 3), new(3, 5)], ranges.RedRangesJ);
        Assert.Equal([new(0, 3), new(3, 5)], ranges.RangesJ);
        Assert.Equal([2, 3], ranges.SlicesJ);
        Assert.Equal([new(0, 2), new(2, 4), new(2, 4)], ranges.RedRangesI);
    }

    [Fact]
    public void Transposed_exchanges_the_axes()
    {
        var transposed = Example.Transposed;
        Assert.Equal(Example.RangesI, transposed.RangesJ);
        Assert.Equal(Example.SlicesI, transposed.SlicesJ);
        Assert.Equal(Example.RedRangesJ, transposed.RedRangesI);
        Assert.Equal(Example.RangesJ, transposed.RangesI);
        Assert.Equal((0, 1), (transposed.ForAxis(0).Axis, transposed.ForAxis(1).Axis));
        Assert.NotEqual(Example, transposed);
        Assert.Equal(Example, transposed.Transposed);
    }

    [Fact]
    public void The_other_axis_is_derived() =>
        Assert.Equal(Example, Ranges.FromArrays([0, 2, 2, 4], [1, 3], [0, 3, 0, 3, 3, 5]));

    [Fact]
    public void Derived_pairs_are_the_same_pairs() => Any.Sample(
        sample =>
        {
            var ranges = Ranges.FromMatrix(sample.I, sample.J, sample.Keep);
            var expected = Pairs(ranges.ForAxis(1)).Order().ToList();
            Assert.Equal(expected, Pairs(ranges.ForAxis(0)).Select(p => (p.Item2, p.Item1)).Order());
            Assert.Equal(expected, Pairs(Ranges.Of(ranges.ForAxis(1)).ForAxis(0)).Select(p => (p.Item2, p.Item1)).Order());
            Assert.Equal(expected, Pairs(Ranges.Of(ranges.ForAxis(0)).ForAxis(1)).Order());
            Assert.Equal(expected, Pairs(Ranges.Of(ranges.ForAxis(1)).Transposed.ForAxis(0)).Order());
        },
        iter: 200, threads: 1);

    [Fact]
    public void Overlaps_and_repetitions_are_derived_as_often_as_they_count()
    {
        var ranges = Ranges.FromArrays([4, 6, 0, 1], [3, 4], [0, 5, 3, 8, 0, 5, 4, 4]);
        var expected = Pairs(ranges.ForAxis(1)).Order();
        Assert.Equal(expected, Pairs(ranges.ForAxis(0)).Select(p => (p.Item2, p.Item1)).Order());
        Assert.Equal([new(0, 3), new(3, 5), new(5, 8)], ranges.RangesJ);
        Assert.Equal([2, 5, 6], ranges.SlicesJ);
    }

    [Fact]
    public void Equality_is_of_both_axes()
    {
        var same = Ranges.FromArrays([0, 2, 2, 4], [1, 3], [0, 3, 0, 3, 3, 5], [0, 3, 3, 5], [2, 3], [0, 2, 2, 4, 2, 4]);
        var other = Ranges.FromArrays([0, 2, 2, 4], [1, 3], [0, 3, 0, 3, 3, 5], [0, 3, 3, 5], [2, 3], [0, 2, 2, 3, 2, 4]);
        Assert.Equal(Example, same);
        Assert.NotEqual(Example, other);
        Assert.False(Example.Equals(null));
        Assert.Equal(Ranges.FromArrays([0, 2], [1], [0, 3]), Ranges.FromArrays([0, 2], [1], [0, 3]));
        Assert.NotEqual(Ranges.FromArrays([0, 2], [1], [0, 3]), Ranges.FromArrays([0, 2], [1], [0, 4]));
    }

    [Fact]
    public void Shapes_that_do_not_fit_are_refused()
    {
        Refused("is 2 × 2: expected 1 × 2", () => Ranges.FromMatrix(new long[,] { { 0, 4 } }, Columns, Keep));
        Refused("rangesJ is 2 × 3", () => Ranges.FromMatrix(Rows, new long[,] { { 0, 1, 2 }, { 3, 4, 5 } }, Keep));
        Refused("ranges_j[0] is [0, 3) and ranges_j[1] is [2, 5)", () => Ranges.FromMatrix(Rows, new long[,] { { 0, 3 }, { 2, 5 } }, Keep));
        Refused("six arrays, 5 were given", () => Ranges.FromArrays(Enumerable.Repeat(ImmutableArray<long>.Empty, 5).ToList()));
        Assert.Throws<ArgumentException>(() => Ranges.Of(Example.ForAxis(0), Example.ForAxis(1)));
    }

    [Fact]
    public void Nothing_kept_is_possible()
    {
        var none = Ranges.FromMatrix(new long[0, 2], new long[0, 2], new bool[0, 0]);
        Assert.Empty(none.RangesI);
        Assert.Empty(Ranges.FromArrays([], [], []).RangesJ);
    }

    static void Refused(string message, Action action) =>
        Assert.Contains(message, Assert.Throws<KeopsException>(action).Message, StringComparison.Ordinal);

    /// <summary>(output row, reduced row) of every pair that counts, as often as it does.</summary>
    static IEnumerable<(long, long)> Pairs(AxisRanges ranges)
    {
        for (var k = 0; k < ranges.Rows.Length; k++)
        {
            for (var row = ranges.Rows[k].First; row < ranges.Rows[k].End; row++)
            {
                foreach (var interval in ranges.ReducedOf(k).ToArray())
                    for (var j = interval.First; j < interval.End; j++) yield return (row, j);
            }
        }
    }

    static ImmutableArray<RowInterval> Blocks(int[] borders)
    {
        var edges = borders.Distinct().Order().ToArray();
        return [.. Enumerable.Range(0, edges.Length / 2).Select(k => new RowInterval(edges[2 * k], edges[2 * k + 1]))];
    }

    static bool[,] Matrix(int rows, int columns, bool[] bits)
    {
        var keep = new bool[rows, columns];
        for (var k = 0; k < rows * columns; k++) keep[k / columns, k % columns] = bits[k];
        return keep;
    }
}
