using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Ranges;

/// <summary>Ranges from blocks of rows, blocks of columns, and which pairs of blocks count.</summary>
public static class BlockMatrix
{
    /// <summary>The ranges of one axis: each output block takes in, in ascending order, the reduced blocks it is kept with.</summary>
    /// <param name="axis">The axis that is reduced.</param>
    /// <param name="rows">Mc blocks of output rows.</param>
    /// <param name="columns">Nc blocks of reduced rows.</param>
    /// <param name="kept">For an output block, the numbers of the reduced blocks that count.</param>
    /// <exception cref="KeopsException">A block ends before it starts, or output blocks overlap.</exception>
    public static AxisRanges ToRanges(
        int axis, ImmutableArray<RowInterval> rows, ImmutableArray<RowInterval> columns, Func<int, IEnumerable<int>> kept)
    {
        var slices = ImmutableArray.CreateBuilder<long>(rows.Length);
        var reduced = ImmutableArray.CreateBuilder<RowInterval>();
        for (var k = 0; k < rows.Length; k++)
        {
            foreach (var l in kept(k)) reduced.Add(columns[l]);
            slices.Add(reduced.Count);
        }

        return AxisRanges.Create(axis, rows, slices.ToImmutable(), reduced.ToImmutable());
    }
}
