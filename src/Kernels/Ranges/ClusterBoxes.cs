namespace Distributed.Keops.Kernels.Ranges;

/// <summary>
/// Where clusters are: the smallest box around the points of each, its weighted centroid, and the greatest distance of a point from that.
/// All in float64, cluster after cluster.
/// </summary>
public sealed class ClusterBoxes
{
    ClusterBoxes(int count, int dim) => (Count, Dim, Low, High, Centroids, Weights, Radii) =
        (count, dim, new double[count * dim], new double[count * dim], new double[count * dim], new double[count], new double[count]);

    /// <summary>The number of clusters (C).</summary>
    public int Count { get; }

    /// <summary>The dimension of a point (D).</summary>
    public int Dim { get; }

    /// <summary>C × D: the lowest coordinates.</summary>
    public double[] Low { get; }

    /// <summary>C × D: the highest coordinates.</summary>
    public double[] High { get; }

    /// <summary>C × D: the weighted means; plain means where a cluster's weights add up to nothing.</summary>
    public double[] Centroids { get; }

    /// <summary>C: the sums of weights.</summary>
    public double[] Weights { get; }

    /// <summary>C: the greatest distance of a point from the centroid.</summary>
    public double[] Radii { get; }

    /// <summary>Measures clusters that are none of them empty.</summary>
    /// <param name="points">M × D.</param>
    /// <param name="dim">D.</param>
    /// <param name="weights">M numbers that are not negative; none for 1 each.</param>
    /// <param name="order">The points by cluster.</param>
    /// <param name="intervals">The places of each cluster's points in that order.</param>
    public static ClusterBoxes Measure(
        ReadOnlySpan<double> points, int dim, ReadOnlySpan<double> weights, ReadOnlySpan<int> order, ReadOnlySpan<RowInterval> intervals)
    {
        var boxes = new ClusterBoxes(intervals.Length, dim);
        for (var c = 0; c < intervals.Length; c++)
        {
            var rows = order[(int)intervals[c].First..(int)intervals[c].End];
            boxes.Surround(c, points, rows);
            boxes.Weigh(c, points, weights, rows);
        }

        return boxes;
    }

    /// <summary>The square of the distance between the boxes of two clusters; 0 where they meet.</summary>
    public double SquaredDistance(int cluster, ClusterBoxes other, int otherCluster)
    {
        var sum = 0.0;
        for (var d = 0; d < Dim; d++)
        {
            var (a, b) = (cluster * Dim + d, otherCluster * Dim + d);
            var gap = Math.Max(0, Math.Max(other.Low[b] - High[a], Low[a] - other.High[b]));
            sum += gap * gap;
        }

        return sum;
    }

    void Surround(int c, ReadOnlySpan<double> points, ReadOnlySpan<int> rows)
    {
        for (var d = 0; d < Dim; d++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var r in rows) (low, high) = (Math.Min(low, points[r * Dim + d]), Math.Max(high, points[r * Dim + d]));
            (Low[c * Dim + d], High[c * Dim + d]) = (low, high);
        }
    }

    void Weigh(int c, ReadOnlySpan<double> points, ReadOnlySpan<double> weights, ReadOnlySpan<int> rows)
    {
        var total = 0.0;
        foreach (var r in rows) total += weights.IsEmpty ? 1 : weights[r];
        Weights[c] = total;
        var centroid = Centroids.AsSpan(c * Dim, Dim);
        foreach (var r in rows)
        {
            var share = total > 0 ? (weights.IsEmpty ? 1 : weights[r]) / total : 1.0 / rows.Length;
            for (var d = 0; d < Dim; d++) centroid[d] += share * points[r * Dim + d];
        }

        foreach (var r in rows)
        {
            var square = 0.0;
            for (var d = 0; d < Dim; d++) square += (points[r * Dim + d] - centroid[d]) * (points[r * Dim + d] - centroid[d]);
            Radii[c] = Math.Max(Radii[c], Math.Sqrt(square));
        }
    }
}
