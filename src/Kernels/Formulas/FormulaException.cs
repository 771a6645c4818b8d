namespace Distributed.Keops.Kernels.Formulas;

/// <summary>A formula that can't be read or has no meaning: syntax, unknown names, dimensions that do not fit.</summary>
public sealed class FormulaException : KeopsException
{
    /// <summary>Creates the error without a position, for formulas built in code.</summary>
    public FormulaException(string message) : base(message) => Position = -1;

    /// <summary>Creates the error for a place in a formula string.</summary>
    /// <param name="message">What was found and what was expected.</param>
    /// <param name="position">The zero-based character position in <paramref name="text"/>.</param>
    /// <param name="text">The formula string.</param>
    public FormulaException(string message, int position, string text)
        : base($"{message} At position {position}: {Excerpt(text, position)}") => Position = position;

    /// <summary>The zero-based position in the formula string, −1 when there is none.</summary>
    public int Position { get; }

    static string Excerpt(string text, int position)
    {
        const int Reach = 30;
        position = Math.Clamp(position, 0, text.Length);
        var from = Math.Max(0, position - Reach);
        var to = Math.Min(text.Length, position + Reach);
        return $"{(from > 0 ? "…" : "")}{text[from..position]}»{text[position..to]}{(to < text.Length ? "…" : "")}";
    }
}
