using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>
/// The kernel of empty states, and the one that joins states: those of some slots, in their order, into the states at another place. What stood there comes first,
/// or the first slot takes its place.
/// </summary>
sealed class MergeKernel(CudaText text, ReductionProgram program)
{
    /// <summary>Threads of a block, one for each row.</summary>
    public const int Threads = 128;

    public void Write()
    {
        WriteClear();
        WriteMerge();
    }

    void WriteClear()
    {
        using var kernel = text.Block($"KEOPS_KERNEL(clear, {Threads})");
        text.Line($"const long long row = (long long)blockIdx.x * {Threads} + threadIdx.x;");
        text.Line("if (row >= a.rows) return;");
        MemoryState.Declare(text, "state", "a.state", "row", program.Monoid.Words);
        MemoryState.Cells(program.Monoid, "state").Fill(text, (p, _) => CudaNumbers.OfStates.Identity(program.Monoid.Parts[p]));
    }

    void WriteMerge()
    {
        using var kernel = text.Block($"KEOPS_KERNEL(merge, {Threads})");
        text.Line($"const long long row = (long long)blockIdx.x * {Threads} + threadIdx.x;");
        text.Line("if (row >= a.rows) return;");
        var words = program.Monoid.Words;
        MemoryState.Declare(text, "left", "a.state", "row", words);
        var left = MemoryState.Cells(program.Monoid, "left");
        using var slots = text.Block("for (long long slot = 0; slot < a.count; ++slot)");
        MemoryState.Declare(text, "right", "a.other + slot * a.slot", "row", words);
        var right = MemoryState.Cells(program.Monoid, "right");
        string Right(int part, At at) => right.Cell(part, at.ToString());
        using (text.Block("if (slot == 0 && a.first)")) left.Fill(text, Right);
        using (text.Block("else")) new StateMerge(text, program).Write(left, Right);
    }
}
