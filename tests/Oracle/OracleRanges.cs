using Distributed.Keops.Kernels;

namespace Distributed.Keops.Oracle;

/// <summary>Block-sparse ranges for one axis: which reduced intervals each output row visits, in order.</summary>
/// <param name="OutputRanges">Half-open intervals of output rows, two numbers each.</param>
/// <param name="Slices">Cumulative counts: block k visits the intervals [Slices[k−1], Slices[k]).</param>
/// <param name="ReducedRanges">Half-open intervals of reduced rows, two numbers each.</param>
public sealed record OracleRanges(long[] OutputRanges, long[] Slices, long[] ReducedRanges)
{
    /// <summary>The three of KeOps' six arrays that belong to an axis.</summary>
    public static OracleRanges ForAxis(IReadOnlyList<long[]> six, int axis) =>
        axis == 1 ? new(six[0], six[1], six[2]) : new(six[3], six[4], six[5]);

    /// <summary>How many pairs are visited in all, and at most by one output row.</summary>
    /// <exception cref="KeopsException">The arrays do not fit each other or the sizes.</exception>
    internal (double Pairs, double LongestRow) Count(int outputRows, int reducedRows)
    {
        Check(outputRows, reducedRows);
        var (pairs, longest) = (0.0, 0.0);
        for (var block = 0; block < Slices.Length; block++)
        {
            double terms = 0;
            for (var k = First(block); k < Slices[block]; k++) terms += ReducedRanges[2 * k + 1] - ReducedRanges[2 * k];
            pairs += terms * (OutputRanges[2 * block + 1] - OutputRanges[2 * block]);
            longest = Math.Max(longest, terms);
        }
        return (pairs, longest);
    }

    /// <summary>The reduced rows each output row visits, of ranges that were counted; a row in no block visits none.</summary>
    /// <exception cref="KeopsException">An output row stands in two blocks.</exception>
    internal IEnumerable<int>[] Visits(int outputRows)
    {
        var visits = new IEnumerable<int>?[outputRows];
        for (var block = 0; block < Slices.Length; block++)
        {
            var reduced = Intervals(First(block), (int)Slices[block]);
            for (var row = OutputRanges[2 * block]; row < OutputRanges[2 * block + 1]; row++)
            {
                if (visits[row] is not null) throw new KeopsException($"Output row {row} stands in two ranges.");
                visits[row] = reduced;
            }
        }
        return [.. visits.Select(v => v ?? [])];
    }

    int First(int block) => block == 0 ? 0 : (int)Slices[block - 1];

    // An interval that is listed twice is visited twice.
    IEnumerable<int> Intervals(int from, int to) =>
        Enumerable.Range(from, to - from).SelectMany(k =>
            Enumerable.Range((int)ReducedRanges[2 * k], (int)(ReducedRanges[2 * k + 1] - ReducedRanges[2 * k])));

    void Check(int outputRows, int reducedRows)
    {
        if (OutputRanges.Length != 2 * Slices.Length)
            throw new KeopsException($"Ranges: {OutputRanges.Length / 2.0} output intervals but {Slices.Length} slices.");
        if (ReducedRanges.Length % 2 != 0)
            throw new KeopsException("Ranges: the reduced intervals must come in pairs of start and end.");
        for (var k = 0; k < Slices.Length; k++)
            if (Slices[k] < (k == 0 ? 0 : Slices[k - 1]) || Slices[k] > ReducedRanges.Length / 2)
                throw new KeopsException($"Ranges: slice {k} is {Slices[k]}, expected rising counts up to {ReducedRanges.Length / 2}.");
        CheckIntervals(OutputRanges, outputRows, "output");
        CheckIntervals(ReducedRanges, reducedRows, "reduced");
    }

    static void CheckIntervals(long[] intervals, int rows, string which)
    {
        for (var k = 0; k + 1 < intervals.Length; k += 2)
            if (intervals[k] < 0 || intervals[k] > intervals[k + 1] || intervals[k + 1] > rows)
                throw new KeopsException(
                    $"Ranges: the {which} interval [{intervals[k]}, {intervals[k + 1]}) does not lie within {rows} rows.");
    }
}
