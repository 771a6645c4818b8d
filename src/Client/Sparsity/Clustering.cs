using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client;

/// <summary>
/// Points in clusters: which cluster each is in, the order that puts clusters one after the other, and where clusters are. Immutable;
/// nothing of the points is kept.
/// <code>
/// var near = Ranges.WithinRadius(Clustering.Grid(x, 0.1), Clustering.Grid(y, 0.1), radius: 0.3);
/// var sums = await engine.ReduceAsync(kernel.WithRanges(near).Sum(Axis.J));     // in the order of x
/// </code>
/// </summary>
public sealed class Clustering
{
    Clustering(NdArray points, int[] labels, int count, NdArray? weights)
    {
        var (m, dim) = ShapeOf(points);
        Labels = [.. labels];
        Permutation = Permutation.Sorting(labels, count);
        Ranges = Intervals(labels, count);
        Boxes = ClusterBoxes.Measure(Values(points, m, dim), dim, WeightsOf(weights, m), Permutation.Order.AsSpan(), Ranges.AsSpan());
    }

    /// <summary>The number of clusters (C); none is empty.</summary>
    public int Count => Ranges.Length;

    /// <summary>The dimension of a point (D).</summary>
    public int Dim => Boxes.Dim;

    /// <summary>For each point, its cluster: 0 to C − 1.</summary>
    public ImmutableArray<int> Labels { get; }

    /// <summary>The order of points by cluster; within a cluster, their own.</summary>
    public Permutation Permutation { get; }

    /// <summary>The way back from the order of clusters to that of the points.</summary>
    public Permutation InversePermutation => Permutation.Inverse;

    /// <summary>The rows of each cluster among the points in the order of <see cref="Permutation"/>.</summary>
    public ImmutableArray<RowInterval> Ranges { get; }

    /// <summary>C × D, float64: the (weighted) mean of each cluster.</summary>
    public NdArray Centroids => NdArray.Of(Boxes.Centroids, Count, Dim);

    /// <summary>C, float64: the sums of weights; without weights, the numbers of points.</summary>
    public NdArray Weights => NdArray.Of(Boxes.Weights, Count);

    /// <summary>C, float64: the greatest distance of a point of the cluster from the centroid.</summary>
    public NdArray Radii => NdArray.Of(Boxes.Radii, Count);

    /// <summary>The box around each cluster.</summary>
    internal ClusterBoxes Boxes { get; }

    /// <summary>Clusters of the points that share a cell of a grid; cells are numbered
    /// in lexicographic order of their coordinates.</summary>
    /// <param name="points">M × D, or M numbers; float32 or float64, finite. Any D, though
    /// in many dimensions nearly every point is alone.</param>
    /// <param name="size">The length of a cell.</param>
    /// <param name="weights">M numbers for the centroids, not negative; null for 1 each.</param>
    /// <exception cref="KeopsException">A shape does not fit, the size is not positive, or a value is not finite; it is named.</exception>
    public static Clustering Grid(NdArray points, double size, NdArray? weights = null) =>
        Grid(points, Enumerable.Repeat(size, ShapeOf(points).Dim).ToArray(), weights);

    /// <summary>The same with cells that are not cubes.</summary>
    /// <param name="points">M × D.</param>
    /// <param name="size">D lengths.</param>
    /// <param name="weights">M numbers for the centroids, not negative; null for 1 each.</param>
    /// <exception cref="KeopsException">A shape does not fit, a size is not positive, or a value is not finite; it is named.</exception>
    public static Clustering Grid(NdArray points, ReadOnlySpan<double> size, NdArray? weights = null)
    {
        var (m, dim) = ShapeOf(points);
        if (size.Length != dim)
            throw new KeopsException($"{size.Length} lengths of a cell were given for points in {dim} dimensions: expected one for each.");
        foreach (var length in size)
        {
            if (!(length > 0 && double.IsFinite(length)))
                throw new KeopsException($"A cell of length {length}: expected a positive, finite number.");
        }

        var (labels, count) = Kernels.Ranges.Labels.Grid(Values(points, m, dim), dim, size);
        return new Clustering(points, labels, count, weights);
    }

    /// <summary>
    /// Clusters of nearly equal size: the points are halved along the longest side of their box until each part has few enough. For points
    /// of uneven density or in many dimensions, where a grid gives clusters of one point or of nearly all.
    /// </summary>
    /// <param name="points">M × D, or M numbers; float32 or float64, finite.</param>
    /// <param name="maxRows">The most points of a cluster.</param>
    /// <param name="weights">M numbers for the centroids, not negative; null for 1 each.</param>
    /// <exception cref="KeopsException">A shape does not fit, or a value is not finite; it is named.</exception>
    public static Clustering Bisection(NdArray points, int maxRows, NdArray? weights = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxRows, 1);
        var (m, dim) = ShapeOf(points);
        var (labels, count) = Kernels.Ranges.Labels.Bisection(Values(points, m, dim), dim, maxRows);
        return new Clustering(points, labels, count, weights);
    }

    /// <summary>Clusters that are known already, such as those of k-means.</summary>
    /// <param name="points">M × D, or M numbers; float32 or float64, finite.</param>
    /// <param name="labels">M numbers; equal ones are a cluster. Clusters are numbered by ascending label.</param>
    /// <param name="weights">M numbers for the centroids, not negative; null for 1 each.</param>
    /// <exception cref="KeopsException">A shape does not fit, or a value is not finite; it is named.</exception>
    public static Clustering OfLabels(NdArray points, ReadOnlySpan<int> labels, NdArray? weights = null)
    {
        var (m, _) = ShapeOf(points);
        if (labels.Length != m) throw new KeopsException($"{labels.Length} labels were given for {m} points: expected one for each.");
        var (ranks, count) = Kernels.Ranges.Labels.Rank(labels);
        return new Clustering(points, ranks, count, weights);
    }

    /// <summary>Rows that belong to the points (M × anything), in the order of clusters: a copy.</summary>
    /// <exception cref="KeopsException">There are not M rows.</exception>
    public NdArray Sort(NdArray rows) => Apply(Permutation, rows);

    /// <summary>Rows in the order of clusters, such as a result, in the order of the points: a copy.</summary>
    /// <exception cref="KeopsException">There are not M rows.</exception>
    public NdArray Unsort(NdArray rows) => Apply(InversePermutation, rows);

    static NdArray Apply(Permutation order, NdArray rows) => rows.Shape.Count > 0 && rows.Shape[0] == order.Length
        ? new NdArray(order.Apply(rows.Bytes.Span), rows.Type, rows.Shape, rows.IsComplex)
        : throw new KeopsException($"{rows} has not the {order.Length} rows that were clustered.");

    static (int Rows, int Dim) ShapeOf(NdArray points) =>
        points is { IsComplex: false, Type: not null, Shape.Count: 1 or 2 } && points.Length <= Array.MaxLength
        ? ((int)points.Shape[0], points.Shape.Count == 1 ? 1 : (int)points.Shape[1])
        : throw new KeopsException($"Points to cluster are {points}: expected real numbers of shape (M, D) or (M,).");

    static ReadOnlySpan<double> Values(NdArray points, int m, int dim)
    {
        var values = m == 0 ? [] : points.ToDoubles(0, m * dim);
        var wrong = Array.FindIndex(values, v => !double.IsFinite(v));
        return wrong < 0
            ? values
            : throw new KeopsException($"Point {wrong / dim} has the coordinate {values[wrong]}: only finite points can be clustered.");
    }

    static ReadOnlySpan<double> WeightsOf(NdArray? weights, int m)
    {
        if (weights is null) return [];
        if (weights.Length != m || weights.IsComplex || weights.Type is null)
            throw new KeopsException($"Weights of {m} points are {weights}: expected one real number for each.");
        var values = m == 0 ? [] : weights.ToDoubles(0, m);
        var wrong = Array.FindIndex(values, v => !(v >= 0 && double.IsFinite(v)));
        return wrong < 0
            ? values
            : throw new KeopsException($"Weight {wrong} is {values[wrong]}: expected a finite number that is not negative.");
    }

    static ImmutableArray<RowInterval> Intervals(int[] labels, int count)
    {
        var ends = new long[count];
        foreach (var label in labels) ends[label]++;
        for (var c = 1; c < count; c++) ends[c] += ends[c - 1];
        return [.. ends.Select((end, c) => new RowInterval(c == 0 ? 0 : ends[c - 1], end))];
    }
}
