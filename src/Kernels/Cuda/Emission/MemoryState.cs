using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>States in memory, as they go from engine to engine: tiles of 64 rows, by component, 8 bytes each.</summary>
static class MemoryState
{
    /// <summary>Rows of a tile.</summary>
    public const int TileRows = 64;

    /// <summary>Declares where the state of a row starts.</summary>
    public static void Declare(CudaText text, string name, string states, string row, int words) =>
        text.Line($"double* {name} = {states} + (long long)({row} / {TileRows}) * {words * TileRows} + {row} % {TileRows};");

    /// <summary>The components of the state that starts at <paramref name="name"/>.</summary>
    public static StateCells Cells(Monoid monoid, string name)
    {
        var offsets = new int[monoid.Parts.Length];
        for (var p = 1; p < offsets.Length; p++) offsets[p] = offsets[p - 1] + monoid.Parts[p - 1].Length;
        return new StateCells(monoid, (p, c) => monoid.Parts[p].Type == ComponentType.Index
            ? $"((long long*){name})[({offsets[p]} + {c}) * {TileRows}]"
            : $"{name}[({offsets[p]} + {c}) * {TileRows}]");
    }
}
