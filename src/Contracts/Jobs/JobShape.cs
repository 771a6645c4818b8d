using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Reductions;

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
/// <param name="Compensated">Whether sums are compensated.</param>
/// <param name="HasNulls">Whether output rows may be null: result blocks then end with one bit for each row, 1 where it is not.</param>
/// <param name="PairsUpTo">With ranges, the pairs that count in equal runs of i-blocks, as <see cref="PairCounts"/> takes them; else
/// null.</param>
[GenerateSerializer, Immutable, Alias("keops.JobShape")]
public sealed record JobShape(
    [property: Id(0)] int Batches,
    [property: Id(1)] long Rows,
    [property: Id(2)] long Columns,
    [property: Id(3)] int BlockRows,
    [property: Id(4)] int LeafRows,
    [property: Id(5)] double Pairs,
    [property: Id(6)] int RowBytes,
    [property: Id(7)] bool HasRanges,
    [property: Id(8)] bool Compensated = false,
    [property: Id(9)] bool HasNulls = false,
    [property: Id(10)] NumericBlock? PairsUpTo = null)
{
    /// <summary>The plan.</summary>
    public Plan ToPlan() => new(Batches, Rows, Columns, BlockRows, LeafRows)
    {
        Summation = Compensated ? Summation.Compensated : Summation.Blocks,
    };

    /// <summary>How much work the plan's parts are.</summary>
    public PairCounts ToPairs(Plan plan) =>
        PairsUpTo is { } upTo ? new PairCounts(plan, upTo.Values<double>().ToArray()) : new PairCounts(plan);
}
