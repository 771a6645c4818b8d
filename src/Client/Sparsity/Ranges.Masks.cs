using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Client;

/// <summary>Masks that are named instead of listed.</summary>
public sealed partial class Ranges
{
    // What rounding in float32 can make of a squared distance, and more.
    const double Margin = 1e-5;

    /// <summary>The pairs with |i − j| ≤ <paramref name="width"/>, exactly.</summary>
    /// <param name="m">The number of i-rows.</param>
    /// <param name="n">The number of j-rows.</param>
    /// <param name="width">0 for the diagonal alone.</param>
    /// <exception cref="ArgumentOutOfRangeException">The width is negative.</exception>
    /// <exception cref="KeopsException">There are more rows than an array of intervals holds.</exception>
    public static Ranges Band(long m, long n, long width)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        // No wider than all rows: sums stay within int64.
        var w = Math.Min(width, Math.Max(m, n));
        return Steps(m, n, row => new(row - w, row + w + 1), row => new(row - w, row + w + 1));
    }

    /// <summary>The pairs with j ≤ i, or j &lt; i without the diagonal, exactly.</summary>
    /// <inheritdoc cref="Band"/>
    public static Ranges Lower(long m, long n, bool diagonal = true)
    {
        var d = diagonal ? 1 : 0;
        return Steps(m, n, i => new(0, i + d), j => new(j + 1 - d, m));
    }

    /// <summary>The pairs with j ≥ i, or j > i without the diagonal, exactly.</summary>
    /// <inheritdoc cref="Band"/>
    public static Ranges Upper(long m, long n, bool diagonal = true) => Lower(n, m, diagonal).Transposed;

    /// <summary>
    /// The pairs of clusters whose boxes come within a distance of each other: every pair of points that is so near counts, and with them
    /// all of their clusters. For an exact cut, put <c>Step(r² − SqDist(x, y))</c> into the formula: whole blocks that can't matter are
    /// skipped, the formula decides the others. The ranges know the order of the clusterings (<see cref="InOrder"/>): arrays need not be
    /// sorted.
    /// </summary>
    /// <param name="i">The clusters of the i-rows.</param>
    /// <param name="j">The clusters of the j-rows; of the same dimension.</param>
    /// <param name="radius">The distance; blocks up to a hundred-thousandth further apart are kept, so that rounding loses no pair.</param>
    /// <exception cref="ArgumentOutOfRangeException">The radius is negative or NaN.</exception>
    /// <exception cref="KeopsException">The dimensions differ.</exception>
    public static Ranges WithinRadius(Clustering i, Clustering j, double radius)
    {
        if (!(radius >= 0)) throw new ArgumentOutOfRangeException(nameof(radius), radius, "A radius is not negative.");
        if (i.Dim != j.Dim)
            throw new KeopsException(
                $"Clusters in {i.Dim} and {j.Dim} dimensions have no distance: cluster both sides in the same coordinates.");
        var distance = radius * (1 + Margin);
        return OfNeighbours(i, j, distance).InOrder(i.Permutation, j.Permutation);
    }

    /// <summary>Pairs of clusters of the rows. The ranges know the order of the clusterings
    /// (<see cref="InOrder"/>): arrays need not be sorted.</summary>
    /// <param name="i">The clusters of the i-rows.</param>
    /// <param name="j">The clusters of the j-rows.</param>
    /// <param name="keep">Which pairs count: a row for each cluster of <paramref name="i"/>, a column for each of
    /// <paramref name="j"/>.</param>
    /// <exception cref="KeopsException">The matrix has another shape.</exception>
    public static Ranges FromMatrix(Clustering i, Clustering j, bool[,] keep) =>
        FromMatrix(i.Ranges, j.Ranges, keep).InOrder(i.Permutation, j.Permutation);

    static Ranges OfNeighbours(Clustering i, Clustering j, double distance)
    {
        var (nearJ, nearI) = (new BoxNeighbours(j.Boxes), new BoxNeighbours(i.Boxes));
        return new Ranges(
            new(() => BlockMatrix.ToRanges(1, i.Ranges, j.Ranges, k => nearJ.Within(distance, i.Boxes, k))),
            new(() => BlockMatrix.ToRanges(0, j.Ranges, i.Ranges, l => nearI.Within(distance, j.Boxes, l))));
    }

    static Ranges Steps(long m, long n, Func<long, RowInterval> ofI, Func<long, RowInterval> ofJ) =>
        new(new(RowSteps.Create(1, m, n, ofI)), new(() => RowSteps.Create(0, n, m, ofJ)));
}
