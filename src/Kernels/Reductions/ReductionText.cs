using System.Globalization;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// Reductions as text, as KeOps' core takes them: <c>Sum_Reduction(F,tag)</c>, with K before the tag and the weight after it where the
/// reduction
/// has them. The tag is 0 when the result is indexed by i and 1 when it is indexed by j: 1 − axis.
/// </summary>
public static class ReductionText
{
    const string Suffix = "_Reduction";

    /// <summary>Reads a reduction.</summary>
    /// <param name="text">The reduction string.</param>
    /// <param name="aliases">The names and positions of its variables.</param>
    /// <exception cref="FormulaException">The string can't be read; the error names the position and what was expected.</exception>
    public static Reduction Parse(string text, AliasList aliases)
    {
        var reader = new FormulaReader(text, aliases);
        var tokens = reader.Tokens;
        var name = tokens.Take();
        if (name.Kind != TokenKind.Name || !name.Text.EndsWith(Suffix, StringComparison.Ordinal))
            throw tokens.Error($"Found {name}, expected a reduction such as Sum{Suffix}(F,0).", name.Position);
        var kind = reader.At(name.Position, () => ReductionKind.Find(name.Text[..^Suffix.Length]));
        var terms = reader.ReadArguments(name);
        tokens.RequireEnd();

        var tag = kind.TakesK ? 2 : 1;
        if (terms.Length <= tag || terms.Length > tag + (kind.Weight == WeightRule.None ? 1 : 2))
            throw tokens.Error(
                $"{name.Text} with {terms.Length} argument{(terms.Length == 1 ? "" : "s")}: expected {Signature(kind)}.", name.Position);
        var side = Integer(tag);
        var axis = side is 0 or 1
            ? 1 - side
            : throw tokens.Error($"The tag is {side}, expected 0 (the result is indexed by i) or 1 (by j).", terms[tag].Position);
        var weight = terms.Length > tag + 1 ? reader.AsFormula(terms[tag + 1]) : null;
        return new Reduction(kind, reader.AsFormula(terms[0]), weight, kind.TakesK ? Integer(1) : null, axis);

        int Integer(int place) => terms[place] is IntegerTerm n
            ? n.Number
            : throw tokens.Error($"Found a formula, expected an integer: {Signature(kind)}.", terms[place].Position);
    }

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

    static string Signature(ReductionKind kind)
    {
        var weight = kind.Weight switch { WeightRule.None => "", WeightRule.Optional => ", optional weight", _ => ", weight" };
        return $"{kind.Name}{Suffix}(F, {(kind.TakesK ? "K, " : "")}tag{weight})";
    }
}
