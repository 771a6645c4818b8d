using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>
/// Block-sparse pairs seen from the output's side, checked against the data: disjoint intervals of output rows in ascending order, and for each
/// the intervals of reduced rows that count, in the order they are taken in; repeated ones count repeatedly. Output rows in no interval reduce nothing.
/// </summary>
public sealed class SideRanges
{
    readonly ReadOnlyMemory<RowInterval> _reduced;
    readonly ImmutableArray<int> _ends;

    SideRanges(ImmutableArray<RowInterval> rows, ImmutableArray<int> ends, ReadOnlyMemory<RowInterval> reduced) => (Rows, _ends, _reduced) = (rows, ends, reduced);

    /// <summary>The intervals of output rows; none is empty.</summary>
    public ImmutableArray<RowInterval> Rows { get; }

    /// <summary>The number of pairs that count.</summary>
    public double Pairs
    {
        get
        {
            var pairs = 0.0;
            for (var k = 0; k < Rows.Length; k++)
            {
                foreach (var interval in ReducedOf(k)) pairs += (double)Rows[k].Count * interval.Count;
            }

            return pairs;
        }
    }

    /// <summary>Checks ranges against the numbers of rows there are.</summary>
    /// <param name="ranges">The ranges of the axis that is reduced.</param>
    /// <param name="rowCount">The number of output rows there are.</param>
    /// <param name="reducedCount">The number of reduced rows there are.</param>
    /// <exception cref="KeopsException">An interval names rows that do not exist; the array, the place and the value are named.</exception>
    public static SideRanges Create(AxisRanges ranges, long rowCount, long reducedCount)
    {
        RangesCheck.Bounds(ranges, rowCount, reducedCount);
        var order = Enumerable.Range(0, ranges.Rows.Length).Where(k => ranges.Rows[k].Count > 0).OrderBy(k => ranges.Rows[k].First).ToArray();
        var ends = new int[order.Length];
        var reduced = new RowInterval[ranges.Reduced.Length];
        var count = 0;
        for (var k = 0; k < order.Length; k++)
        {
            count = Join(ranges.ReducedOf(order[k]), reduced, count);
            ends[k] = count;
        }

        return new SideRanges([.. order.Select(k => ranges.Rows[k])], ImmutableCollectionsMarshal.AsImmutableArray(ends), reduced.AsMemory(0, count));
    }

    /// <summary>What an output interval takes in, in this order; no interval is empty.</summary>
    /// <param name="k">The number of the output interval.</param>
    public ReadOnlySpan<RowInterval> ReducedOf(int k) => _reduced.Span[(k == 0 ? 0 : _ends[k - 1]).._ends[k]];

    /// <summary>The pairs that count in runs of output rows, each with those of the runs before it.</summary>
    /// <param name="runs">The number of runs.</param>
    /// <param name="rows">The output rows of a run.</param>
    public double[] PairsUpTo(int runs, long rows)
    {
        var upTo = new double[runs];
        for (var k = 0; k < Rows.Length; k++)
        {
            var taken = 0.0;
            foreach (var interval in ReducedOf(k)) taken += interval.Count;
            for (var first = Rows[k].First; first < Rows[k].End;)
            {
                var (run, end) = (first / rows, Math.Min(Rows[k].End, (first / rows + 1) * rows));
                upTo[run] += taken * (end - first);
                first = end;
            }
        }

        for (var run = 1; run < runs; run++) upTo[run] += upTo[run - 1];
        return upTo;
    }

    /// <summary>The smallest run of reduced rows that holds all that some output rows take in; empty when they take in nothing.</summary>
    public RowInterval Hull(RowInterval rows)
    {
        var (first, end) = (long.MaxValue, 0L);
        for (var k = FirstReaching(rows.First); k < Rows.Length && Rows[k].First < rows.End; k++)
        {
            foreach (var interval in ReducedOf(k)) (first, end) = (Math.Min(first, interval.First), Math.Max(end, interval.End));
        }

        return first < end ? new RowInterval(first, end) : default;
    }

    /// <summary>The number of the first output interval that ends after a row.</summary>
    public int FirstReaching(long row)
    {
        var (low, high) = (0, Rows.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Rows[middle].End > row) high = middle;
            else low = middle + 1;
        }

        return low;
    }

    // Intervals that touch are one, the same rows in the same order; empty ones are none.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    static int Join(ReadOnlySpan<RowInterval> given, Span<RowInterval> joined, int count)
    {
        var first = count;
        foreach (var interval in given)
        {
            if (interval.Count == 0) continue;
            if (count > first && joined[count - 1].End == interval.First) joined[count - 1] = joined[count - 1] with { End = interval.End };
            else joined[count++] = interval;
        }

        return count;
    }
}
