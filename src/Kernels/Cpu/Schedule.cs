namespace Distributed.Keops.Kernels.Cpu;

/// <summary>How the pairs of a program are walked.</summary>
/// <param name="Width">Bits of a vector.</param>
/// <param name="Vectors">i-vectors of a tile.</param>
/// <param name="Rows">Reduced rows of a tile.</param>
/// <param name="Unroll">The longest vector whose components are written out; longer ones are looped over.</param>
/// <param name="StateInMemory">Whether the state stays in first-level cache rather than in registers.</param>
/// <param name="Steps">
/// The operations of a formula that is too large for one loop and is computed one operation after the other; 0 for every other.
/// </param>
public sealed record Schedule(int Width, int Vectors, int Rows, int Unroll, bool StateInMemory, int Steps = 0)
{
    /// <inheritdoc/>
    public override string ToString() =>
        $"{Width}-bit vectors, tile {Vectors} i-vectors × {Rows} j-rows, components unrolled up to {Unroll}"
        + $", state in {(StateInMemory ? "cache" : "registers")}"
        + (Steps == 0 ? "" : $", formula in {Steps} steps");
}
