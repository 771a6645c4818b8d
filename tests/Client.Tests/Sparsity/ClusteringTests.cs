using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client.Tests;

public class ClusteringTests
{
    static readonly double[,] Square = { { 0.5, 1.5 }, { -0.5, 0.2 }, { 0.1, 0.1 }, { 0.9, 1.1 }, { 0.3, 0.9 } };

    [Fact]
    public void Cells_of_a_grid_are_numbered_in_lexicographic_order()
    {
        var clusters = Clustering.Grid(Square, 1.0);
        // Cells (0,1), (−1,0), (0,0), (0,1), (0,0).
        Assert.Equal([2, 0, 1, 2, 1], clusters.Labels);
        Assert.Equal([1, 2, 4, 0, 3], clusters.Permutation.Order);
        Assert.Equal([3, 0, 1, 4, 2], clusters.InversePermutation.Order);
        Assert.Equal([new RowInterval(0, 1), new(1, 3), new(3, 5)], clusters.Ranges);
        Assert.Equal([3L, 2], clusters.Centroids.Shape);
        Near([-0.5, 0.2, 0.2, 0.5, 0.7, 1.3], clusters.Centroids);
        Near([1, 2, 2], clusters.Weights);
        Near([0, Math.Sqrt(0.17), Math.Sqrt(0.08)], clusters.Radii);
    }

    [Fact]
    public void Cells_need_not_be_cubes() =>
        Assert.Equal([1, 0, 1, 1, 1], Clustering.Grid(Square, [1.0, 10.0]).Labels);

    [Fact]
    public void Weights_move_centroids()
    {
        var clusters = Clustering.Grid(Square, 1.0, new[] { 3.0, 1, 0, 1, 0 });
        Near([-0.5, 0.2, 0.2, 0.5, 0.6, 1.4], clusters.Centroids);
        Near([1, 0, 4], clusters.Weights);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Points_of_a_cluster_share_a_cell_and_only_they(int dim)
    {
        var points = Engines.Points(500, dim, dim);
        var clusters = Clustering.Grid(points, 0.7);
        CheckPartition(clusters, 500);
        var cells = Enumerable.Range(0, 500)
            .Select(r => string.Join(',', Enumerable.Range(0, dim).Select(d => Math.Floor(points[r, d] / 0.7)))).ToArray();
        Assert.Equal(cells.Distinct().Count(), clusters.Count);
        foreach (var group in Enumerable.Range(0, 500).GroupBy(r => clusters.Labels[r]))
            Assert.Single(group.Select(r => cells[r]).Distinct());
    }

    [Fact]
    public void Halves_are_nearly_equal()
    {
        var points = Engines.Points(1000, 3, 4);
        var clusters = Clustering.Bisection(points, 70);
        CheckPartition(clusters, 1000);
        Assert.Equal(16, clusters.Count);
        Assert.All(clusters.Ranges, r => Assert.InRange(r.Count, 62, 63));
        Assert.Equal(1, Clustering.Bisection(points, 1000).Count);
        // Equal points are told apart by their rows.
        Assert.Equal(4, Clustering.Bisection(new double[4, 2], 1).Count);
    }

    [Fact]
    public void Known_labels_become_ranks()
    {
        var clusters = Clustering.OfLabels(Square, [7, -2, 7, 3, -2]);
        Assert.Equal([2, 0, 2, 1, 0], clusters.Labels);
        CheckPartition(clusters, 5);
    }

    [Fact]
    public void Sorting_can_be_undone()
    {
        var clusters = Clustering.Grid(Square, 1.0);
        var sorted = clusters.Sort(Square);
        Assert.Equal([-0.5, 0.2, 0.1, 0.1, 0.3, 0.9, 0.5, 1.5, 0.9, 1.1], sorted.Doubles.ToArray());
        Assert.Equal(Square.Cast<double>(), clusters.Unsort(sorted).Doubles.ToArray());
        Assert.Equal([1f, 2, 4, 0, 3], clusters.Sort(new[] { 0f, 1, 2, 3, 4 }).Singles.ToArray());
        Refused("has not the 5 rows", () => clusters.Sort(new[] { 1f, 2 }));
    }

    [Fact]
    public void No_points_are_no_clusters()
    {
        var clusters = Clustering.Grid(new double[0, 3], 1.0);
        Assert.Equal(0, clusters.Count);
        Assert.Empty(clusters.Labels);
        Assert.Empty(Ranges.WithinRadius(clusters, clusters, 1).RangesI);
    }

    [Fact]
    public void What_can_not_be_clustered_is_named()
    {
        Refused("Point 1 has the coordinate NaN", () => Clustering.Grid(new[,] { { 0, 1 }, { 2, double.NaN } }, 1.0));
        Refused("Point 0 has the coordinate Infinity", () => Clustering.Bisection(new[,] { { 0, double.PositiveInfinity } }, 1));
        Refused("A cell of length 0", () => Clustering.Grid(Square, 0.0));
        Refused("3 lengths of a cell", () => Clustering.Grid(Square, [1.0, 1, 1]));
        Refused("shape (2, 2, 2)", () => Clustering.Grid(new double[2, 2, 2], 1.0));
        Refused("4 labels were given for 5 points", () => Clustering.OfLabels(Square, [1, 2, 3, 4]));
        Refused("Weight 1 is -1", () => Clustering.Grid(Square, 1.0, new[] { 0.0, -1, 0, 0, 0 }));
        Refused("Weights of 5 points are float64 of shape (2)", () => Clustering.Grid(Square, 1.0, new[] { 0.0, 1 }));
        Assert.Throws<ArgumentOutOfRangeException>(() => Clustering.Bisection(Square, 0));
    }

    [Fact]
    public void Orders_hold_each_row_once()
    {
        Refused("Entry 1 of the order is 0, which stands before", () => Permutation.Of([0, 0]));
        Refused("Entry 0 of the order is 2", () => Permutation.Of([2, 0]));
        Refused("3 values are to be put into the order of 2 rows", () => Permutation.Of([1, 0]).Apply<int>([1, 2, 3]));
        Assert.Equal(Permutation.Of([2, 0, 1]), Permutation.Of([1, 2, 0]).Inverse);
    }

    static void CheckPartition(Clustering clusters, int rows)
    {
        Assert.Equal(Enumerable.Range(0, rows), clusters.Permutation.Order.Order());
        Assert.Equal(clusters.Permutation, Permutation.Of(clusters.Permutation.Order));
        Assert.Equal(0, clusters.Ranges[0].First);
        Assert.Equal(rows, clusters.Ranges[^1].End);
        for (var c = 0; c < clusters.Count; c++)
        {
            Assert.True(clusters.Ranges[c].Count > 0);
            if (c > 0) Assert.Equal(clusters.Ranges[c - 1].End, clusters.Ranges[c].First);
            var members = clusters.Permutation.Order[(int)clusters.Ranges[c].First..(int)clusters.Ranges[c].End];
            Assert.All(members, r => Assert.Equal(c, clusters.Labels[r]));
            Assert.Equal(members.Order(), members);
        }
    }

    static void Near(double[] expected, NdArray actual)
    {
        Assert.Equal(expected.Length, actual.Doubles.Length);
        for (var k = 0; k < expected.Length; k++) Assert.Equal(expected[k], actual.Doubles[k], 1e-12);
    }

    static void Refused(string message, Action action) =>
        Assert.Contains(message, Assert.Throws<KeopsException>(action).Message, StringComparison.Ordinal);
}
