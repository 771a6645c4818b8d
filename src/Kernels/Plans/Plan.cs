using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// How a reduction is cut: output rows into i-blocks, reduced rows into leaves. A pure function of sizes and of the reduction, never of
/// threads or workers, so that it fixes every bit of the result. Cutting the plan into tasks differently changes nothing.
/// <code>
///              leaf 0    leaf 1    leaf 2 …
///   i-block 0 [ state ] [ state ] [ state ]  ──merged by MergeNode's tree──▶ results of block 0
///   i-block 1 [ state ] [ state ] [ state ]  ──▶ results of block 1
/// </code>
/// </summary>
/// <param name="Batches">How many times the whole is done, on data of their own; at least 1.</param>
/// <param name="Rows">Output rows (M).</param>
/// <param name="Columns">Reduced rows (N).</param>
/// <param name="BlockRows">Rows of an i-block, a multiple of 64.</param>
/// <param name="LeafRows">Reduced rows of a leaf.</param>
public sealed record Plan(int Batches, long Rows, long Columns, int BlockRows, int LeafRows)
{
    const int DefaultBlockRows = 4096;
    const int DefaultLeafRows = 65536;
    const int MaxBlockStateBytes = 8 << 20;

    /// <summary>How sums are added up. Default: in blocks.</summary>
    public Summation Summation { get; init; }

    /// <summary>The number of i-blocks of one batch.</summary>
    public long Blocks => Ceiling(Rows, BlockRows);

    /// <summary>The number of leaves of an i-block.</summary>
    public long Leaves => Ceiling(Columns, LeafRows);

    /// <summary>The node of all leaves.</summary>
    public MergeNode Root => MergeNode.Root(Leaves);

    /// <summary>The number of pairs of all batches.</summary>
    public double Pairs => (double)Batches * Rows * Columns;

    /// <summary>A name for the plan: equal plans have equal ones.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Text))[..8]);

    /// <summary>The plan for a reduction with the given sizes.</summary>
    /// <param name="batches">The number of batches.</param>
    /// <param name="rows">Output rows.</param>
    /// <param name="columns">Reduced rows.</param>
    /// <param name="stateWords">8-byte words of one row's state.</param>
    /// <param name="summation">How sums are added up.</param>
    public static Plan Create(int batches, long rows, long columns, int stateWords, Summation summation = Summation.Blocks)
    {
        var block = DefaultBlockRows;
        while (block > 64 && (long)block * stateWords * sizeof(double) > MaxBlockStateBytes) block /= 2;
        return new Plan(batches, rows, columns, block, DefaultLeafRows) { Summation = summation };
    }

    /// <summary>The rows of a run of i-blocks.</summary>
    public (long First, long Count) RowsOf(long firstBlock, long blocks)
    {
        var first = firstBlock * BlockRows;
        return (first, Math.Min(Rows, (firstBlock + blocks) * BlockRows) - first);
    }

    /// <summary>Cuts everything into runs of whole i-blocks with all their leaves: no task's states need merging with another's.</summary>
    /// <param name="rows">Output rows of a task at most, but at least one i-block.</param>
    public IEnumerable<PlanTask> CutWhole(long rows)
    {
        var run = Math.Max(1, rows / BlockRows);
        for (var batch = 0; batch < Batches; batch++)
        {
            for (long block = 0; block < Blocks; block += run) yield return new PlanTask(batch, block, Math.Min(run, Blocks - block), Root);
        }
    }

    string Text => string.Create(
        CultureInfo.InvariantCulture,
        $"plan 1 {Batches} {Rows} {Columns} {BlockRows} {LeafRows}{(Summation == Summation.Blocks ? "" : " compensated")}");

    static long Ceiling(long count, long size) => (count + size - 1) / size;
}
