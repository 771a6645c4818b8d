namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// Reads KeOps' formula strings: calls of the names in <see cref="Operations"/>, and infix operators with Python's precedence, high to low
/// <c>**</c>, unary <c>-</c>, <c>* /</c>, <c>+ -</c>, <c>|</c>, <c>&lt; &lt;= &gt; &gt;=</c>.
/// </summary>
public static class FormulaParser
{
    /// <summary>The longest string that is read.</summary>
    public const int MaxLength = 1 << 18;

    /// <summary>Reads a formula.</summary>
    /// <param name="text">The formula string.</param>
    /// <param name="aliases">The names and positions of its variables.</param>
    /// <exception cref="FormulaException">The string can't be read; the error names the position and what was expected.</exception>
    public static Formula Parse(string text, AliasList aliases)
    {
        var reader = new FormulaReader(text, aliases);
        var formula = reader.AsFormula(reader.ReadExpression());
        reader.Tokens.RequireEnd();
        return formula;
    }

    /// <summary>
    /// Reads a formula that names its variables by <c>Var(position,dim,category)</c>, as <see cref="Formula.ToString"/> writes it.
    /// </summary>
    /// <exception cref="FormulaException">The string can't be read; the error names the position and what was expected.</exception>
    public static Formula Parse(string text) => Parse(text, AliasList.Empty);
}
