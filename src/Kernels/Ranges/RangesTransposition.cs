using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>The same pairs seen from the other axis.</summary>
public static class RangesTransposition
{
    /// <summary>
    /// The ranges of the other axis that hold the same pairs, each as often. The reduced rows are cut wherever one of their intervals
    /// starts or ends; each part is taken in by the output intervals that name it, in the order of those. Parts that nobody names are
    /// left out.
    /// </summary>
    /// <exception cref="KeopsException">The result would have more intervals than an array holds.</exception>
    public static AxisRanges Transpose(this AxisRanges ranges)
    {
        long[] cuts = [.. ranges.Reduced.Where(r => r.Count > 0).SelectMany(r => new[] { r.First, r.End }).Order().Distinct()];
        var parts = Math.Max(0, cuts.Length - 1);
        var users = new List<int>?[parts];
        var total = 0L;
        for (var k = 0; k < ranges.Rows.Length; k++)
        {
            if (ranges.Rows[k].Count == 0) continue;
            foreach (var interval in ranges.ReducedOf(k))
            {
                if (interval.Count == 0) continue;
                var (first, end) = (Array.BinarySearch(cuts, interval.First), Array.BinarySearch(cuts, interval.End));
                if ((total += end - first) > Array.MaxLength)
                    throw new KeopsException(
                        $"Ranges for axis {ranges.Axis} alone were given, and those for axis {1 - ranges.Axis} that follow from them have "
                        + $"more than {Array.MaxLength} intervals. Give all six arrays, or cut the reduced rows at fewer places.");
                for (var part = first; part < end; part++) (users[part] ??= []).Add(k);
            }
        }

        var rows = ImmutableArray.CreateBuilder<RowInterval>();
        var slices = ImmutableArray.CreateBuilder<long>();
        var reduced = ImmutableArray.CreateBuilder<RowInterval>();
        for (var part = 0; part < parts; part++)
        {
            if (users[part] is not { } list) continue;
            rows.Add(new RowInterval(cuts[part], cuts[part + 1]));
            foreach (var k in list) reduced.Add(ranges.Rows[k]);
            slices.Add(reduced.Count);
        }

        return AxisRanges.Create(1 - ranges.Axis, rows.ToImmutable(), slices.ToImmutable(), reduced.ToImmutable());
    }
}
