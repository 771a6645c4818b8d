namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Cuts a formula string into words, one at a time.</summary>
sealed class Tokenizer
{
    // Longer symbols first.
    static readonly string[] Symbols =
        ["**", "//", "<=", ">=", "==", "!=", "+", "-", "*", "/", "|", "<", ">", "(", ")", "[", "]", ",", "="];

    readonly string _text;
    int _at;

    public Tokenizer(string text)
    {
        if (text.Length > FormulaParser.MaxLength)
            throw new FormulaException(
                $"A formula of {text.Length} characters: expected at most {FormulaParser.MaxLength}.", FormulaParser.MaxLength, text);
        _text = text;
        Advance();
    }

    public string Text => _text;

    /// <summary>The word that is next.</summary>
    public Token Current { get; private set; }

    /// <summary>Takes the next word.</summary>
    public Token Take()
    {
        var token = Current;
        Advance();
        return token;
    }

    /// <summary>Takes the next word if it is this symbol.</summary>
    public bool TryTake(string symbol)
    {
        if (!Current.Is(symbol)) return false;
        Advance();
        return true;
    }

    public void Require(string symbol, string after)
    {
        if (!TryTake(symbol)) throw Error($"Found {Current}, expected '{symbol}' {after}.", Current.Position);
    }

    public void RequireEnd()
    {
        if (Current.Kind != TokenKind.End) throw Error($"Found {Current}, expected an operator or the end.", Current.Position);
    }

    public FormulaException Error(string message, int position) => new(message, position, _text);

    void Advance()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at])) _at++;
        Current = Next(_at);
        _at += Current.Text.Length;
    }

    Token Next(int start)
    {
        if (start == _text.Length) return new(TokenKind.End, "", start);
        var first = _text[start];
        if (char.IsLetter(first) || first == '_') return new(TokenKind.Name, Run(start, c => char.IsLetterOrDigit(c) || c == '_'), start);
        var second = start + 1 < _text.Length ? _text[start + 1] : ' ';
        if (char.IsAsciiDigit(first) || (first == '.' && char.IsAsciiDigit(second))) return Number(start);
        foreach (var symbol in Symbols)
            if (string.CompareOrdinal(_text, start, symbol, 0, symbol.Length) == 0) return new(TokenKind.Symbol, symbol, start);
        throw Error($"Unexpected character '{first}'.", start);
    }

    Token Number(int start)
    {
        var text = Run(start, c => char.IsLetterOrDigit(c) || c is '.' or '_');
        var end = start + text.Length;
        // The sign of an exponent belongs to the number: 1e-3.
        if (text[^1] is 'e' or 'E' && end + 1 < _text.Length && _text[end] is '+' or '-' && char.IsAsciiDigit(_text[end + 1]))
            text += _text[end] + Run(end + 1, char.IsAsciiDigit);
        if (text.All(char.IsAsciiDigit)) return new(TokenKind.Integer, text, start);
        return double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out _)
            ? new(TokenKind.Float, text, start)
            : throw Error($"'{text}' is neither a number nor a name.", start);
    }

    string Run(int start, Func<char, bool> belongs)
    {
        var end = start;
        while (end < _text.Length && belongs(_text[end])) end++;
        return _text[start..end];
    }
}
