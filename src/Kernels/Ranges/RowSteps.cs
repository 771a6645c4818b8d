using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>Ranges where every output row takes in one interval of its own.</summary>
public static class RowSteps
{
    /// <summary>The ranges of one axis. Neighbours that take in the same share an output
    /// interval; rows that take in nothing are in none.</summary>
    /// <param name="axis">The axis that is reduced.</param>
    /// <param name="rows">The number of output rows.</param>
    /// <param name="columns">The number of reduced rows; intervals are cut to them.</param>
    /// <param name="interval">What an output row takes in.</param>
    /// <exception cref="KeopsException">There are more rows than an array of intervals holds.</exception>
    public static AxisRanges Create(int axis, long rows, long columns, Func<long, RowInterval> interval)
    {
        if (rows is < 0 or > int.MaxValue / 2 || columns < 0)
            throw new KeopsException($"A mask of {rows} × {columns} rows: expected at most {int.MaxValue / 2} output rows, since each has "
                + "an interval of its own.");
        var outputs = ImmutableArray.CreateBuilder<RowInterval>();
        var reduced = ImmutableArray.CreateBuilder<RowInterval>();
        for (var row = 0L; row < rows; row++)
        {
            var wanted = interval(row);
            var cut = new RowInterval(Math.Max(0, wanted.First), Math.Min(columns, wanted.End));
            if (cut.Count <= 0) continue;
            if (outputs.Count > 0 && outputs[^1].End == row && reduced[^1] == cut) outputs[^1] = outputs[^1] with { End = row + 1 };
            else
            {
                outputs.Add(new RowInterval(row, row + 1));
                reduced.Add(cut);
            }
        }

        var slices = Enumerable.Range(1, outputs.Count).Select(k => (long)k);
        return AxisRanges.Create(axis, outputs.ToImmutable(), [.. slices], reduced.ToImmutable());
    }
}
