namespace Distributed.Keops.Kernels.Ranges;

/// <summary>What must hold of ranges, and what is said of the first entry where it does not.</summary>
static class RangesCheck
{
    /// <summary>What can be said without knowing the data.</summary>
    /// <exception cref="KeopsException">Something does not hold.</exception>
    public static void Structure(AxisRanges ranges)
    {
        var (rows, slices, reduced) = (ranges.Rows, ranges.Slices, ranges.Reduced);
        var names = AxisRanges.Names(ranges.Axis);
        if (rows.Length != slices.Length)
            throw new KeopsException(
                $"{names[0]} has {rows.Length} intervals and {names[1]} {slices.Length} numbers: expected one for each interval.");
        Intervals(rows.AsSpan(), names[0], long.MaxValue);
        Intervals(reduced.AsSpan(), names[2], long.MaxValue);
        var previous = 0L;
        for (var k = 0; k < slices.Length; k++)
        {
            if (slices[k] < previous || slices[k] > reduced.Length)
                throw new KeopsException(
                    $"{names[1]}[{k}] is {slices[k]}: expected a running count from {previous} to the {reduced.Length} intervals of "
                    + $"{names[2]}.");
            previous = slices[k];
        }

        if (previous != reduced.Length)
        {
            throw new KeopsException(slices.Length == 0
                ? $"{names[1]} is empty, but {names[2]} has {reduced.Length} intervals: no output row takes them in."
                : $"{names[1]}[{slices.Length - 1}] is {previous}, but {names[2]} has {reduced.Length} intervals: the last entry must "
                    + "count them all.");
        }

        Overlap(rows.AsSpan(), names[0]);
    }

    /// <summary>Whether the rows exist.</summary>
    /// <exception cref="KeopsException">One does not.</exception>
    public static void Bounds(AxisRanges ranges, long rowCount, long reducedCount)
    {
        var names = AxisRanges.Names(ranges.Axis);
        Intervals(ranges.Rows.AsSpan(), names[0], rowCount);
        Intervals(ranges.Reduced.AsSpan(), names[2], reducedCount);
    }

    static void Intervals(ReadOnlySpan<RowInterval> intervals, string name, long count)
    {
        for (var k = 0; k < intervals.Length; k++)
        {
            var interval = intervals[k];
            if (interval.First < 0 || interval.First > interval.End)
                throw new KeopsException($"{name}[{k}] is {interval}: expected 0 ≤ first ≤ end.");
            if (interval.End > count)
                throw new KeopsException($"{name}[{k}] is {interval}: there are only {count} rows.");
        }
    }

    static void Overlap(ReadOnlySpan<RowInterval> rows, string name)
    {
        // Nearly all come in ascending order: then no sorting is needed.
        var (order, ascending) = (new List<int>(rows.Length), true);
        for (var k = 0; k < rows.Length; k++)
        {
            if (rows[k].Count == 0) continue;
            ascending &= order.Count == 0 || rows[order[^1]].End <= rows[k].First;
            order.Add(k);
        }

        if (ascending) return;
        var firsts = rows.ToArray();
        order.Sort((a, b) => firsts[a].First.CompareTo(firsts[b].First));
        for (var k = 1; k < order.Count; k++)
        {
            var (a, b) = (order[k - 1], order[k]);
            if (rows[b].First < rows[a].End)
                throw new KeopsException(
                    $"{name}[{Math.Min(a, b)}] is {rows[Math.Min(a, b)]} and {name}[{Math.Max(a, b)}] is {rows[Math.Max(a, b)]}: "
                    + "output rows may stand in one interval only.");
        }
    }
}
