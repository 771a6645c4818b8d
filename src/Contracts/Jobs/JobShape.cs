using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Contracts;

/// <summary>The sizes of a job, as its sources give them, and so its plan.</summary>
/// <param name="Batches">The number of batches.</param>
/// <param name="Rows">Output rows (M).</param>
/// <param name="Columns">Reduced rows (N).</param>
/// <param name="BlockRows">Rows of an i-block.</param>
/// <param name="LeafRows">Reduced rows of a leaf.</param>
/// <param name="Pairs">The pairs that count.</param>
/// <param name="RowBytes">Bytes that a task holds for each output row: its state and its variables.</param>
/// <param name="HasRanges">Whether only some pairs count.</param>
[GenerateSerializer, Immutable, Alias("keops.JobShape")]
public sealed record JobShape(
    [property: Id(0)] int Batches,
    [property: Id(1)] long Rows,
    [property: Id(2)] long Columns,
    [property: Id(3)] int BlockRows,
    [property: Id(4)] int LeafRows,
    [property: Id(5)] double Pairs,
    [property: Id(6)] int RowBytes,
    [property: Id(7)] bool HasRanges)
{
    /// <summary>The plan.</summary>
    public Plan ToPlan() => new(Batches, Rows, Columns, BlockRows, LeafRows);
}
