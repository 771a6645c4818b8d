using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// Row numbers as two floating-point numbers each, exact in every dtype that formulas are
/// computed in: <c>row = high · 2²⁰ + low</c>, up to 2⁴⁴ rows.
/// </summary>
public static class SelectedRows
{
    const int LowBits = 20;

    /// <summary>The two parts of a row number.</summary>
    public static (double High, double Low) Split(long row) => (row >> LowBits, row & ((1L << LowBits) - 1));

    /// <summary>For each selected row number (high parts, then low ones), 1 where it is that of the pair, else 0.</summary>
    internal static Formula Matches(Formula selected, Formula rowNumber)
    {
        var count = selected.Dim / 2;
        return selected.Extract(0, count).EqualTo(rowNumber.Elem(0)) * selected.Extract(count, count).EqualTo(rowNumber.Elem(1));
    }
}
