using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>A half-open interval of rows.</summary>
/// <param name="First">The first row.</param>
/// <param name="End">The row after the last.</param>
public readonly record struct RowInterval(long First, long End)
{
    /// <summary>The number of rows.</summary>
    public long Count => End - First;
}

/// <summary>
/// Block-sparse pairs seen from the output's side: disjoint intervals of output rows in ascending order, and for each the intervals of
/// reduced rows that count, in the order they are taken in; repeated ones count repeatedly. Output rows in no interval reduce nothing.
/// </summary>
public sealed class SideRanges
{
    SideRanges(ImmutableArray<RowInterval> rows, ImmutableArray<ImmutableArray<RowInterval>> reduced) => (Rows, Reduced) = (rows, reduced);

    /// <summary>The intervals of output rows.</summary>
    public ImmutableArray<RowInterval> Rows { get; }

    /// <summary>For each of them, what is reduced.</summary>
    public ImmutableArray<ImmutableArray<RowInterval>> Reduced { get; }

    /// <summary>The number of pairs that count.</summary>
    public double Pairs => Rows.Zip(Reduced, (r, c) => (double)r.Count * c.Sum(i => i.Count)).Sum();

    /// <summary>
    /// Reads one side of KeOps' form: <paramref name="ranges"/> holds (first, end) of each output interval, <paramref name="slices"/> the
    /// running number of reduced intervals up to and with each, <paramref name="reduced"/> their (first, end).
    /// </summary>
    /// <param name="ranges">2·n numbers.</param>
    /// <param name="slices">n numbers, ascending.</param>
    /// <param name="reduced">2·slices[n−1] numbers.</param>
    /// <param name="rowCount">The number of output rows there are.</param>
    /// <param name="reducedCount">The number of reduced rows there are.</param>
    /// <exception cref="KeopsException">An entry is out of bounds, out of order, or overlaps another; it is named.</exception>
    public static SideRanges Create(
        ReadOnlySpan<long> ranges, ReadOnlySpan<long> slices, ReadOnlySpan<long> reduced, long rowCount, long reducedCount)
    {
        if (ranges.Length % 2 != 0 || reduced.Length % 2 != 0 || ranges.Length / 2 != slices.Length)
            throw new KeopsException($"Ranges of {ranges.Length} and {reduced.Length} numbers with {slices.Length} slices: expected pairs, and a slice for each output range.");
        var blocks = new List<(RowInterval Rows, ImmutableArray<RowInterval> Reduced)>();
        long previous = 0;
        for (var k = 0; k < slices.Length; k++)
        {
            var rows = Interval(ranges, k, rowCount, "output range");
            if (slices[k] < previous || slices[k] > reduced.Length / 2)
                throw new KeopsException($"Slice {k} is {slices[k]}: slices ascend from {previous} and end at most at the {reduced.Length / 2} reduced ranges there are.");
            var list = ImmutableArray.CreateBuilder<RowInterval>();
            for (var r = previous; r < slices[k]; r++)
            {
                var interval = Interval(reduced, (int)r, reducedCount, "reduced range");
                if (interval.Count > 0) list.Add(interval);
            }

            previous = slices[k];
            if (rows.Count > 0) blocks.Add((rows, list.ToImmutable()));
        }

        blocks.Sort((a, b) => a.Rows.First.CompareTo(b.Rows.First));
        for (var k = 1; k < blocks.Count; k++)
        {
            if (blocks[k].Rows.First < blocks[k - 1].Rows.End)
                throw new KeopsException($"Output ranges [{blocks[k - 1].Rows.First}, {blocks[k - 1].Rows.End}) and [{blocks[k].Rows.First}, {blocks[k].Rows.End}) overlap.");
        }

        return new SideRanges([.. blocks.Select(b => b.Rows)], [.. blocks.Select(b => b.Reduced)]);
    }

    static RowInterval Interval(ReadOnlySpan<long> numbers, int k, long count, string what)
    {
        var (first, end) = (numbers[2 * k], numbers[2 * k + 1]);
        return first >= 0 && end >= first && end <= count
            ? new RowInterval(first, end)
            : throw new KeopsException($"The {what} {k} is [{first}, {end}): expected 0 ≤ first ≤ end ≤ {count}.");
    }
}
