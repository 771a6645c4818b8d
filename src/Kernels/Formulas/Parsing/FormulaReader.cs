using System.Globalization;
using System.Runtime.CompilerServices;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// The parser at work on one string: precedence climbing over <see cref="Tokenizer"/>. It calls itself for what is nested, which is bounded
/// by a number and by the stack that is left.
/// </summary>
sealed partial class FormulaReader(string text, AliasList aliases)
{
    // The printer writes a level of the tree as at most two of the text: an operator's right side, and its parentheses.
    const int MaxNesting = 2 * Formula.MaxDepth + 2;

    int _nesting;

    public Tokenizer Tokens { get; } = new(text);

    /// <summary>Reads operands joined by operators that bind at least as tightly as <paramref name="precedence"/>.</summary>
    public Term ReadExpression(int precedence = Infix.Comparison)
    {
        var position = Tokens.Current.Position;
        if (++_nesting > MaxNesting || !RuntimeHelpers.TryEnsureSufficientExecutionStack())
            throw Tokens.Error($"More than {MaxNesting} levels of nesting.", position);
        var left = Tokens.Current.Is("-") ? ReadMinus() : ReadPower();
        var compared = false;
        while (Precedence(Tokens.Current) is { } next && next >= precedence)
        {
            var symbol = Tokens.Take();
            if (next == Infix.Comparison && compared)
                throw Tokens.Error($"Comparisons can't be chained: expected parentheses or a single '{symbol.Text}'.", symbol.Position);
            compared = next == Infix.Comparison;
            left = Join(symbol, left, ReadExpression(next + 1));
        }

        _nesting--;
        return left;
    }

    /// <summary>The formula that a term is; an integer is a constant.</summary>
    public Formula AsFormula(Term term) => term switch
    {
        FormulaTerm f => f.Formula,
        IntegerTerm n => Formula.IntCst(n.Number),
        _ => throw Tokens.Error("Found a list, expected a formula.", term.Position),
    };

    /// <summary>What <paramref name="make"/> gives; its errors are given a position.</summary>
    public T At<T>(int position, Func<T> make)
    {
        try
        {
            return make();
        }
        catch (FormulaException error) when (error.Position < 0)
        {
            throw Tokens.Error(error.Message, position);
        }
    }

    Term ReadMinus()
    {
        var minus = Tokens.Take();
        var operand = ReadExpression(Infix.Sign);
        return operand is IntegerTerm n
            ? At(minus.Position, () => new IntegerTerm(IntegerArithmetic.Evaluate("-", 0, n.Number), minus.Position))
            : At(minus.Position, () => new FormulaTerm(-AsFormula(operand), minus.Position));
    }

    Term ReadPower()
    {
        var operand = ReadOperand();
        if (!Tokens.Current.Is("**")) return operand;
        var symbol = Tokens.Take();
        // To the right, and a sign may stand there: 2**-x**3 is 2**(−(x**3)).
        return Join(symbol, operand, ReadExpression(Infix.Sign));
    }

    Term ReadOperand()
    {
        var token = Tokens.Take();
        switch (token.Kind)
        {
            case TokenKind.Integer:
                return int.TryParse(token.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
                    ? new IntegerTerm(number, token.Position)
                    : throw Tokens.Error($"The integer {token} is too large: expected at most {int.MaxValue}.", token.Position);
            case TokenKind.Float:
                throw Tokens.Error(
                    $"The number {token} is not an integer: expected a parameter (Pm) for the value, or a quotient IntCst(p)/IntCst(q).",
                    token.Position);
            case TokenKind.Name:
                return ReadName(token);
        }

        if (token.Is("[")) return ReadList(token, "]");
        if (!token.Is("(")) throw Tokens.Error($"Found {token}, expected a formula.", token.Position);
        var inner = ReadExpression();
        // KeOps prints lists as tuples, too.
        if (Tokens.Current.Is(",") && inner is IntegerTerm first) return ReadList(token, ")", first.Number);
        Tokens.Require(")", $"to close '(' at position {token.Position}");
        return inner with { Position = token.Position };
    }

    ListTerm ReadList(Token open, string close, params IEnumerable<int> first)
    {
        var numbers = new List<int>(first);
        if (numbers.Count > 0) Tokens.Take();
        while (!Tokens.Current.Is(close))
        {
            var element = ReadExpression();
            numbers.Add(element is IntegerTerm n ? n.Number : throw Tokens.Error(
                "Found a formula in a list, expected an integer.", element.Position));
            if (!Tokens.TryTake(",")) break;
        }

        Tokens.Require(close, $"to close '{open.Text}' at position {open.Position}");
        return new ListTerm([.. numbers], open.Position);
    }

    /// <summary>How tightly the operator that is next binds, or null when none is.</summary>
    int? Precedence(Token token)
    {
        if (token.Kind != TokenKind.Symbol) return null;
        if (token.Text is "==" or "!=")
            throw Tokens.Error(
                $"'{token.Text}' is no operator of formulas: expected {(token.Text == "==" ? "Equal" : "NotEqual")}(x,y).", token.Position);
        if (token.Text is "//") throw Tokens.Error("'//' is no operator of formulas: expected Floor(x/y).", token.Position);
        return Operations.Infix.TryGetValue((Mirrored(token.Text), 2), out var operation) ? operation.Infix!.Value.Precedence : null;
    }

    Term Join(Token symbol, Term left, Term right)
    {
        if (left is IntegerTerm a && right is IntegerTerm b)
            return At(symbol.Position, () => new IntegerTerm(IntegerArithmetic.Evaluate(symbol.Text, a.Number, b.Number), left.Position));
        var x = AsFormula(left);
        if (symbol.Text == "**")
        {
            return right is IntegerTerm n
                ? At(symbol.Position, () => new FormulaTerm(x.Pow(n.Number), left.Position))
                : throw Tokens.Error(
                    "The exponent is a formula, expected an integer; a power with a formula as exponent is Powf(x,y).", right.Position);
        }

        var operation = Operations.Infix[(Mirrored(symbol.Text), 2)];
        var y = AsFormula(right);
        return At(symbol.Position, () => new FormulaTerm(
            Mirrored(symbol.Text) == symbol.Text ? operation.Apply(x, y) : operation.Apply(y, x), left.Position));
    }

    /// <summary>a &gt; b is b &lt; a.</summary>
    static string Mirrored(string symbol) => symbol switch { ">" => "<", ">=" => "<=", _ => symbol };
}
