using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cuda;

/// <summary>What a block of threads does, as <c>Item</c> in the generated source: some output rows × places of a leaf.</summary>
/// <param name="Row">The first output row, counted from the task's.</param>
/// <param name="Rows">How many, at most a block's.</param>
/// <param name="Piece">The first of the pieces that tell which rows stand at the places.</param>
/// <param name="Pieces">How many.</param>
/// <param name="From">The first place.</param>
/// <param name="To">The place behind the last.</param>
/// <param name="Slot">Where the states go.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct WorkItem(int Row, int Rows, int Piece, int Pieces, int From, int To, int Slot)
{
    readonly int _unused = 0;

    /// <summary>The pairs.</summary>
    public long Pairs => (long)Rows * (To - From);
}

/// <summary>Places of a leaf at which neighbouring rows stand, as <c>Piece</c> in the generated source.</summary>
/// <param name="Start">The first place.</param>
/// <param name="Row">The row there, counted from the first reduced row at hand.</param>
[StructLayout(LayoutKind.Sequential)]
readonly record struct LeafPiece(int Start, int Row);
