using Distributed.Keops.Kernels.Cuda;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The work items of some leaves, for a GPU: each leaf has a slot, in order.</summary>
/// <param name="Leaves">The number of leaves.</param>
/// <param name="Items">The work, the heaviest first.</param>
/// <param name="Pieces">Which rows stand at which places.</param>
sealed record LeafItems(int Leaves, IReadOnlyList<WorkItem> Items, IReadOnlyList<LeafPiece> Pieces)
{
    /// <summary>All pairs of a task's rows with the reduced rows at hand.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="rows">Output rows.</param>
    /// <param name="columns">Reduced rows at hand, from the first of a leaf on.</param>
    /// <param name="blockRows">Output rows of an item.</param>
    public static LeafItems Dense(Plan plan, int rows, int columns, int blockRows)
    {
        var leaves = (columns + plan.LeafRows - 1) / plan.LeafRows;
        var items = new List<WorkItem>();
        for (var leaf = 0; leaf < leaves; leaf++)
        {
            var count = Math.Min(plan.LeafRows, columns - leaf * plan.LeafRows);
            for (var row = 0; row < rows; row += blockRows)
                items.Add(new(row, Math.Min(blockRows, rows - row), leaf, 1, 0, count, leaf));
        }

        return new(leaves, items, [.. Enumerable.Range(0, leaves).Select(leaf => new LeafPiece(0, leaf * plan.LeafRows))]);
    }

    /// <summary>
    /// The pairs of ranges. Leaves of an interval of output rows are runs of the sequence that its reduced intervals make, end to end; the
    /// plan's last leaf takes all that is left.
    /// </summary>
    /// <param name="plan">The plan.</param>
    /// <param name="pairs">The ranges.</param>
    /// <param name="output">The task's output rows.</param>
    /// <param name="firstColumn">The first reduced row at hand.</param>
    /// <param name="firstLeaf">The first leaf.</param>
    /// <param name="leaves">How many.</param>
    /// <param name="blockRows">Output rows of an item at most.</param>
    public static LeafItems OfRanges(
        Plan plan, SideRanges pairs, RowInterval output, long firstColumn, long firstLeaf, int leaves, int blockRows)
    {
        var (items, pieces) = (new List<WorkItem>(), new List<LeafPiece>());
        for (var k = pairs.FirstReaching(output.First); k < pairs.Rows.Length && pairs.Rows[k].First < output.End; k++)
        {
            var rows = new RowInterval(Math.Max(pairs.Rows[k].First, output.First), Math.Min(pairs.Rows[k].End, output.End));
            for (var slot = 0; slot < leaves; slot++)
            {
                var leaf = firstLeaf + slot;
                var from = leaf * plan.LeafRows;
                var to = leaf == plan.Leaves - 1 ? long.MaxValue : from + plan.LeafRows;
                var (piece, length) = (pieces.Count, AddPieces(pairs.ReducedOf(k), from, to, firstColumn, pieces));
                if (length == 0) continue;
                for (var row = rows.First; row < rows.End; row += blockRows)
                    items.Add(new(
                        (int)(row - output.First), (int)Math.Min(blockRows, rows.End - row), piece, pieces.Count - piece, 0, length, slot));
            }
        }

        // What takes longest starts first; equal ones stay in order.
        return new(leaves, [.. items.OrderByDescending(i => i.Pairs)], pieces);
    }

    /// <summary>Adds the pieces of places [from, to) of a sequence of intervals.</summary>
    /// <returns>The number of places.</returns>
    static int AddPieces(ReadOnlySpan<RowInterval> reduced, long from, long to, long firstColumn, List<LeafPiece> pieces)
    {
        var (place, length) = (0L, 0L);
        foreach (var interval in reduced)
        {
            var (start, end) = (Math.Max(place, from), Math.Min(place + interval.Count, to));
            if (start < end)
            {
                pieces.Add(new((int)length, (int)(interval.First + (start - place) - firstColumn)));
                length += end - start;
            }

            place += interval.Count;
        }

        return checked((int)length);
    }
}
