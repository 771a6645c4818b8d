using System.Globalization;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>Which component of a vector is meant: a fixed one, or an offset from a variable of the text.</summary>
/// <param name="Offset">The component, or what is added to the variable.</param>
/// <param name="Variable">An integer expression; null for a fixed component.</param>
/// <param name="Lowest">The smallest value that the variable has.</param>
readonly record struct At(int Offset, string? Variable = null, int Lowest = 0)
{
    /// <summary>The component where the variable is smallest.</summary>
    public int First => Offset + Lowest;

    public static At operator +(At at, int offset) => at with { Offset = at.Offset + offset };

    /// <inheritdoc/>
    public override string ToString() => Variable is null ? Number(Offset) : Offset == 0 ? Variable
        : Offset > 0 ? $"{Variable} + {Number(Offset)}" : $"{Variable} - {Number(-Offset)}";

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
