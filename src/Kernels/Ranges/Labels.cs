namespace Distributed.Keops.Kernels.Ranges;

/// <summary>Ways to label points by where they are: pure functions of coordinates, M × D row-major in float64.</summary>
public static class Labels
{
    /// <summary>
    /// The cells of a grid of cubes, numbered in lexicographic order of their coordinates
    /// <c>floor(x / size)</c>; cells without a point have no number.
    /// </summary>
    /// <param name="points">The coordinates; finite.</param>
    /// <param name="dim">D.</param>
    /// <param name="size">The length of a cell along each dimension; positive.</param>
    /// <returns>A label for each point, and their number.</returns>
    public static (int[] Labels, int Count) Grid(ReadOnlySpan<double> points, int dim, ReadOnlySpan<double> size)
    {
        var rows = dim == 0 ? 0 : points.Length / dim;
        var (labels, count) = (new int[rows], Math.Min(1, rows));
        var cells = new double[rows];
        var pairs = new long[rows];
        for (var d = 0; d < dim; d++)
        {
            // The cells so far, cut along one more dimension.
            for (var r = 0; r < rows; r++) cells[r] = Math.Floor(points[r * dim + d] / size[d]);
            var (ranks, _) = Rank<double>(cells);
            for (var r = 0; r < rows; r++) pairs[r] = (long)labels[r] << 32 | (uint)ranks[r];
            (labels, count) = Rank<long>(pairs);
        }

        return (labels, count);
    }

    /// <summary>
    /// Boxes of at most <paramref name="maxRows"/> points each, of nearly equal numbers: the points are halved at the median of the
    /// longest side of their box until there are few enough. Numbered from low to high coordinates at each cut.
    /// </summary>
    /// <returns>A label for each point, and their number.</returns>
    public static (int[] Labels, int Count) Bisection(ReadOnlySpan<double> points, int dim, int maxRows)
    {
        var rows = dim == 0 ? 0 : points.Length / dim;
        var labels = new int[rows];
        var order = Enumerable.Range(0, rows).ToArray();
        var keys = new (double X, int Row)[rows];
        var count = 0;
        var parts = new Stack<(int First, int End)>();
        if (rows > 0) parts.Push((0, rows));
        while (parts.TryPop(out var part))
        {
            var (first, end) = part;
            if (end - first <= maxRows)
            {
                foreach (var r in order.AsSpan()[first..end]) labels[r] = count;
                count++;
                continue;
            }

            var d = LongestSide(points, dim, order.AsSpan()[first..end]);
            for (var k = first; k < end; k++) keys[k] = (points[order[k] * dim + d], order[k]);
            // Ties by row, so that the cut does not depend on how points were sorted before.
            keys.AsSpan()[first..end].Sort();
            for (var k = first; k < end; k++) order[k] = keys[k].Row;
            var middle = first + (end - first + 1) / 2;
            parts.Push((middle, end));
            parts.Push((first, middle));
        }

        return (labels, count);
    }

    /// <summary>The rank of each value among the distinct ones, and how many of these there are.</summary>
    public static (int[] Ranks, int Count) Rank<T>(ReadOnlySpan<T> values)
        where T : IComparable<T>
    {
        var sorted = values.ToArray();
        sorted.AsSpan().Sort();
        var count = 0;
        foreach (var value in sorted)
        {
            if (count == 0 || sorted[count - 1].CompareTo(value) != 0) sorted[count++] = value;
        }

        var ranks = new int[values.Length];
        for (var r = 0; r < ranks.Length; r++) ranks[r] = Array.BinarySearch(sorted, 0, count, values[r]);
        return (ranks, count);
    }

    static int LongestSide(ReadOnlySpan<double> points, int dim, ReadOnlySpan<int> rows)
    {
        var (longest, side) = (0, -1.0);
        for (var d = 0; d < dim; d++)
        {
            var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var r in rows)
            {
                var x = points[r * dim + d];
                (low, high) = (Math.Min(low, x), Math.Max(high, x));
            }

            if (high - low > side) (longest, side) = (d, high - low);
        }

        return longest;
    }
}
