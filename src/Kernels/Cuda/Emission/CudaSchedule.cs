using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>How the pairs of a reduction are walked by blocks of threads. It changes no bit of a result.</summary>
/// <param name="Threads">Threads of a block.</param>
/// <param name="RowsPerThread">Output rows that a thread works on.</param>
/// <param name="TileRows">Reduced rows that a block holds at once, and the longest run that is added up in the element type.</param>
/// <param name="Copies">Reduced rows that are taken in together, behind one test whether any of them matters.</param>
/// <param name="Unroll">Reduced rows, or groups of them, that the compiler writes out.</param>
/// <param name="IInRegisters">Whether an output row's values are read once, not where they are used.</param>
/// <param name="JInShared">Whether the reduced rows of a tile are copied to shared memory first.</param>
public sealed record CudaSchedule(
    int Threads, int RowsPerThread, int TileRows, int Copies, int Unroll, bool IInRegisters, bool JInShared)
{
    const int SharedBytes = 32 << 10;

    /// <summary>The schedule for a reduction.</summary>
    public static CudaSchedule Choose(ReductionProgram program)
    {
        var hoisted = program.Hoisted;
        var bytes = program.Type.Size();
        var words = program.Monoid.Words;
        var work = hoisted.Pairs.Values.Where(v => v.Rate == Rate.IJ).Sum(v => v.IsFold ? v.Operands[0].Length : v.Length)
            + hoisted.Pairs.Outputs.Sum(o => o.Length);
        var numbers = (hoisted.ILength + 2 * words) * (bytes / sizeof(float));
        var rows = numbers <= 12 && work <= 64 ? 4 : numbers <= 40 && work <= 256 ? 2 : 1;
        // The length of a run is part of what is computed: it may depend on nothing but the reduction.
        var record = JStride(program) * bytes;
        var tile = 256;
        while (tile > 8 && tile * record > SharedBytes) tile /= 2;
        var isList = program.Monoid.Entries > 0;
        var isGuarded = program.Guard(1) is not null;
        var copies = !isGuarded ? 1 : isList && program.Monoid.Parts[0].Length > program.Monoid.Entries ? 1 : work <= 32 ? 8 : work <= 96 ? 4 : 1;
        var unroll = work * copies <= 32 ? 8 / copies : work <= 96 ? 2 : 1;
        return new CudaSchedule(128, rows, tile, copies, Math.Max(1, unroll), hoisted.ILength <= 128, tile * record <= SharedBytes);
    }

    /// <summary>Components of a reduced row's record: variables and computed values, up to the next 16 bytes.</summary>
    internal static int JStride(ReductionProgram program)
    {
        var multiple = 16 / program.Type.Size();
        return Math.Max(1, (program.Hoisted.JDims.Sum() + program.Hoisted.JLength + multiple - 1) / multiple) * multiple;
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"blocks of {Threads} threads × {RowsPerThread} i-rows, {(IInRegisters ? "in registers" : "read where used")}; tiles of {TileRows} j-rows "
        + $"{(JInShared ? "in shared memory" : "read in place")}, {Copies} at once, unrolled {Unroll} times";
}
