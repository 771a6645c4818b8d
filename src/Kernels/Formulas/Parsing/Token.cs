namespace Distributed.Keops.Kernels.Formulas;

enum TokenKind
{
    Name,
    Integer,
    Float,
    Symbol,
    End,
}

/// <summary>A word of a formula string.</summary>
readonly record struct Token(TokenKind Kind, string Text, int Position)
{
    public bool Is(string symbol) => Kind == TokenKind.Symbol && Text == symbol;

    public override string ToString() => Kind == TokenKind.End ? "the end" : $"'{(Text.Length > 40 ? Text[..40] + "…" : Text)}'";
}
