using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>
/// Block-sparse pairs seen from the output's side, checked against the data: disjoint intervals of output rows in ascending order, and for each
/// the intervals of reduced rows that count, in the order they are taken in; repeated ones count repeatedly. Output rows in no interval reduce nothing.
/// </summary>
public sealed class SideRanges
{
    SideRanges(ImmutableArray<RowInterval> rows, ImmutableArray<ImmutableArray<RowInterval>> reduced) => (Rows, Reduced) = (rows, reduced);

    /// <summary>The intervals of output rows; none is empty.</summary>
    public ImmutableArray<RowInterval> Rows { get; }

    /// <summary>For each of them, what is reduced; no interval is empty.</summary>
    public ImmutableArray<ImmutableArray<RowInterval>> Reduced { get; }

    /// <summary>The number of pairs that count.</summary>
    public double Pairs => Rows.Zip(Reduced, (r, c) => (double)r.Count * c.Sum(i => i.Count)).Sum();

    /// <summary>Checks ranges against the numbers of rows there are.</summary>
    /// <param name="ranges">The ranges of the axis that is reduced.</param>
    /// <param name="rowCount">The number of output rows there are.</param>
    /// <param name="reducedCount">The number of reduced rows there are.</param>
    /// <exception cref="KeopsException">An interval names rows that do not exist; the array, the place and the value are named.</exception>
    public static SideRanges Create(AxisRanges ranges, long rowCount, long reducedCount)
    {
        RangesCheck.Bounds(ranges, rowCount, reducedCount);
        var blocks = new List<(RowInterval Rows, ImmutableArray<RowInterval> Reduced)>();
        for (var k = 0; k < ranges.Rows.Length; k++)
        {
            if (ranges.Rows[k].Count > 0) blocks.Add((ranges.Rows[k], [.. ranges.ReducedOf(k).ToArray().Where(r => r.Count > 0)]));
        }

        blocks.Sort((a, b) => a.Rows.First.CompareTo(b.Rows.First));
        return new SideRanges([.. blocks.Select(b => b.Rows)], [.. blocks.Select(b => b.Reduced)]);
    }
}
