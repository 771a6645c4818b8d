using System.Globalization;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// Reductions as text, as KeOps' core takes them: <c>Sum_Reduction(F,tag)</c>, with K before the tag and the weight after it where the
/// reduction has them. The tag is 0 when the result is indexed by i and 1 when it is indexed by j: 1 − axis. Derivatives of whole
/// reductions, such as <c>Grad_WithSavedForward(Sum_Reduction(F,0),v,e,result)</c>, are read too, and are reductions again.
/// </summary>
public static class ReductionText
{
    internal const string Suffix = "_Reduction";

    /// <summary>Reads a reduction.</summary>
    /// <param name="text">The reduction string.</param>
    /// <param name="aliases">The names and positions of its variables.</param>
    /// <exception cref="FormulaException">The string can't be read; the error names the position and what was expected.</exception>
    public static Reduction Parse(string text, AliasList aliases) => new ReductionReader(text, aliases).ReadAll();

    /// <summary>
    /// Reads a reduction that names its variables by <c>Var(position,dim,category)</c>, as <see cref="Print"/> writes it.
    /// </summary>
    /// <exception cref="FormulaException">The string can't be read; the error names the position and what was expected.</exception>
    public static Reduction Parse(string text) => Parse(text, AliasList.Empty);

    /// <summary>The text of a reduction, which parses back to an equal one.</summary>
    public static string Print(Reduction reduction)
    {
        var count = reduction.K is { } k ? string.Create(CultureInfo.InvariantCulture, $"{k},") : "";
        var weight = reduction.Weight is { } w ? $",{w}" : "";
        return $"{reduction.Kind.Name}{Suffix}({reduction.Formula},{count}{(reduction.Axis == 1 ? 0 : 1)}{weight})";
    }
}
