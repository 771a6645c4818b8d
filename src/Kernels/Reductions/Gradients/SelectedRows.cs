using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// Row numbers as several floating-point numbers each, exact in the dtype they are stored in, up to 2⁴⁴ rows:
/// <c>row = d₁·2²² + d₀</c>, or in float16 <c>d₃·2³³ + d₂·2²² + d₁·2¹¹ + d₀</c>.
/// </summary>
public static class SelectedRows
{
    /// <summary>How many numbers a row number becomes.</summary>
    public static int Digits(ElementType type) => type == ElementType.Float16 ? 4 : 2;

    /// <summary>One of them.</summary>
    /// <param name="row">The row number.</param>
    /// <param name="digit">Which, the lowest first.</param>
    /// <param name="type">What it is stored in.</param>
    public static double Digit(long row, int digit, ElementType type)
    {
        var bits = type == ElementType.Float16 ? 11 : 22;
        return (row >> (digit * bits)) & ((1L << bits) - 1);
    }

    /// <summary>For each selected row number (all their first digits, then all second ones …), 1 where it is that of the pair,
    /// else 0.</summary>
    internal static Formula Matches(Formula selected, Formula rowNumber)
    {
        var count = selected.Dim / rowNumber.Dim;
        return Enumerable.Range(0, rowNumber.Dim)
            .Select(digit => selected.Extract(digit * count, count).EqualTo(rowNumber.Elem(digit)))
            .Aggregate((a, b) => a * b);
    }
}
