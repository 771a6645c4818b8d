using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client.Tests;

/// <summary>Named masks against loops over all pairs, as sets of pairs and as reductions.</summary>
public class MaskTests
{
    public static TheoryData<int, int> Sizes => new() { { 0, 3 }, { 3, 0 }, { 1, 1 }, { 7, 7 }, { 5, 12 }, { 12, 5 }, { 200, 190 } };

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Band(int m, int n)
    {
        foreach (var width in new long[] { 0, 1, 3, 100, long.MaxValue })
            Check(m, n, Ranges.Band(m, n, width), (i, j) => Math.Abs(i - j) <= width);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ranges.Band(m, n, -1));
    }

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Triangles(int m, int n)
    {
        Check(m, n, Ranges.Lower(m, n), (i, j) => j <= i);
        Check(m, n, Ranges.Lower(m, n, diagonal: false), (i, j) => j < i);
        Check(m, n, Ranges.Upper(m, n), (i, j) => j >= i);
        Check(m, n, Ranges.Upper(m, n, diagonal: false), (i, j) => j > i);
    }

    [Fact]
    public void Rows_that_take_in_the_same_share_an_interval()
    {
        Assert.Equal([new RowInterval(0, 50)], Ranges.Band(50, 40, 60).RangesI);
        Assert.Equal([new RowInterval(0, 1), new(1, 2), new(2, 9)], Ranges.Lower(9, 3).RangesI);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Reductions_over_a_mask(int axis)
    {
        // Long enough that neighbours share most of what they take in, and that leaves of 65 536 rows end in between.
        const int M = 300, N = 70_000;
        var (x, y) = (Engines.Points(M, 1, 1), Engines.Points(N, 1, 2));
        foreach (var (ranges, keeps) in new (Ranges, Func<int, int, bool>)[]
        {
            (Ranges.Lower(N, M).Transposed, (i, j) => i <= j),
            (Ranges.Band(M, N, 2000), (i, j) => Math.Abs(i - j) <= 2000),
            (Ranges.Upper(M, N), (i, j) => j >= i),
        })
        {
            var k = (LazyTensor.Vi(x) - LazyTensor.Vj(y)).Abs().WithRanges(ranges);
            var got = await Engines.ReduceAllAsync(k.MinArgMin(axis));
            var sum = await Engines.ReduceAsync(k.Sum(axis));
            for (var r = 0; r < (axis == 1 ? M : 400); r++)
            {
                var (best, at, total) = (double.PositiveInfinity, 0, 0.0);
                for (var c = 0; c < (axis == 1 ? N : M); c++)
                {
                    var (i, j) = axis == 1 ? (r, c) : (c, r);
                    if (!keeps(i, j)) continue;
                    var value = Math.Abs(x[i, 0] - y[j, 0]);
                    total += value;
                    if (value < best) (best, at) = (value, c);
                }

                Assert.Equal(best, got[0].Doubles[r]);
                Assert.Equal(at, got[1].Indices[r]);
                Assert.Equal(total, sum.Doubles[r], 1e-9 * Math.Max(1, total));
            }
        }
    }

    [Theory]
    [InlineData(0.0)]
    [InlineData(0.2)]
    [InlineData(1.0)]
    [InlineData(100.0)]
    public void Radius_loses_no_pair_and_keeps_no_far_block(double radius)
    {
        var (x, y) = (Engines.Points(300, 2, 5), Engines.Points(250, 2, 6));
        var (cx, cy) = (Clustering.Grid(x, 0.3), Clustering.Bisection(y, 9));
        var ranges = Ranges.WithinRadius(cx, cy, radius);
        Assert.Equal((cx.Permutation, cy.Permutation), (ranges.OrderI, ranges.OrderJ));
        Assert.Equal(Ranges.Of(ranges.ForAxis(1), ranges.ForAxis(0)), ranges.InOrder(null, null));
        var kept = Kept(300, 250, ranges.ForAxis(1));
        AssertSame(kept, Transposed(Kept(250, 300, ranges.ForAxis(0))));
        for (var a = 0; a < cx.Count; a++)
        {
            for (var b = 0; b < cy.Count; b++)
            {
                var (i, j) = (Rows(cx, a), Rows(cy, b));
                var gap = Math.Sqrt(Enumerable.Range(0, 2).Sum(d => Math.Pow(Math.Max(0, Math.Max(
                    j.Min(r => y[r, d]) - i.Max(r => x[r, d]), i.Min(r => x[r, d]) - j.Max(r => y[r, d]))), 2)));
                Assert.Equal(gap <= radius * (1 + 1e-5), kept[cx.Ranges[a].First, cy.Ranges[b].First]);
            }
        }
    }

    [Fact]
    public async Task Radius_with_a_step_in_the_formula_is_exact()
    {
        const double R = 0.4;
        var (x, y) = (Engines.Points(400, 3, 7), Engines.Points(300, 3, 8));
        var near = Ranges.WithinRadius(Clustering.Grid(x, R), Clustering.Grid(y, R), R);
        var inside = (R * R - LazyTensor.Vi(x).SqDist(LazyTensor.Vj(y))).Step();
        var everywhere = await Engines.ReduceAsync(inside.Sum(Axis.J));
        Assert.Equal(everywhere.Doubles.ToArray(), (await Engines.ReduceAsync(inside.WithRanges(near).Sum(Axis.J))).Doubles.ToArray());
        Assert.Contains(everywhere.Doubles.ToArray(), count => count > 1);
        Assert.InRange(near.RedRangesJ.Length, 1, near.RangesI.Length * near.RangesJ.Length / 2);
    }

    [Fact]
    public void Distances_need_one_space()
    {
        var (a, b) = (Clustering.Grid(Engines.Points(4, 2, 1), 1), Clustering.Grid(Engines.Points(4, 3, 1), 1));
        Assert.Contains(
            "2 and 3 dimensions", Assert.Throws<KeopsException>(() => Ranges.WithinRadius(a, b, 1)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Ranges.WithinRadius(a, a, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Ranges.WithinRadius(a, a, double.NaN));
    }

    static int[] Rows(Clustering clusters, int cluster) =>
        [.. clusters.Permutation.Order[(int)clusters.Ranges[cluster].First..(int)clusters.Ranges[cluster].End]];

    static void Check(int m, int n, Ranges ranges, Func<int, int, bool> keeps)
    {
        var expected = new bool[m, n];
        for (var i = 0; i < m; i++)
            for (var j = 0; j < n; j++) expected[i, j] = keeps(i, j);
        AssertSame(expected, Kept(m, n, ranges.ForAxis(1)));
        AssertSame(expected, Transposed(Kept(n, m, ranges.ForAxis(0))));
    }

    static bool[,] Kept(int rows, int columns, AxisRanges ranges)
    {
        var kept = new bool[rows, columns];
        for (var k = 0; k < ranges.Rows.Length; k++)
        {
            foreach (var interval in ranges.ReducedOf(k))
            {
                for (var r = ranges.Rows[k].First; r < ranges.Rows[k].End; r++)
                {
                    for (var c = interval.First; c < interval.End; c++)
                    {
                        Assert.False(kept[r, c], $"Pair ({r}, {c}) counts twice.");
                        kept[r, c] = true;
                    }
                }
            }
        }

        return kept;
    }

    static bool[,] Transposed(bool[,] matrix)
    {
        var transposed = new bool[matrix.GetLength(1), matrix.GetLength(0)];
        for (var i = 0; i < matrix.GetLength(0); i++)
            for (var j = 0; j < matrix.GetLength(1); j++) transposed[j, i] = matrix[i, j];
        return transposed;
    }

    static void AssertSame(bool[,] expected, bool[,] actual) => Assert.Equal(expected.Cast<bool>(), actual.Cast<bool>());
}
