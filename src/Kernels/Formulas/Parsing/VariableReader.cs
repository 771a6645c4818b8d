using System.Globalization;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Reads <c>Vi(3)</c>, <c>Vj(pos,D)</c>, <c>Pm(…)</c> and <c>Var(pos,D,category)</c>.</summary>
static class VariableReader
{
    /// <summary>The variable that begins with this name, or null when the name is not one of these.</summary>
    /// <param name="tokens">The words after the name.</param>
    /// <param name="name">The name, which has been taken.</param>
    /// <param name="place">The position when none is written; null where it must be written.</param>
    public static Variable? TryRead(Tokenizer tokens, Token name, int? place)
    {
        Category? category = name.Text switch { "Vi" => Category.I, "Vj" => Category.J, "Pm" => Category.Parameter, _ => null };
        if (name.Kind != TokenKind.Name || (category is null && name.Text != "Var")) return null;
        tokens.Require("(", $"after {name.Text}");
        var numbers = new List<int>();
        do numbers.Add(Integer(tokens));
        while (tokens.TryTake(","));
        tokens.Require(")", $"after the arguments of {name.Text}");
        var variable = (category, numbers.Count) switch
        {
            (null, 3) => new Variable(numbers[0], numbers[1], (Category)numbers[2]),
            ({ } c, 2) => new Variable(numbers[0], numbers[1], c),
            ({ } c, 1) when place is { } index => new Variable(index, numbers[0], c),
            (null, _) => throw tokens.Error(
                $"Var with {numbers.Count} numbers: expected Var(position, dimension, category).", name.Position),
            _ => throw tokens.Error(
                $"{name.Text} with {numbers.Count} numbers: expected {(place is null ? "" : "a dimension, or ")}position and dimension.",
                name.Position),
        };
        try
        {
            Formula.Var(variable);
            return variable;
        }
        catch (FormulaException error) when (error.Position < 0)
        {
            throw tokens.Error(error.Message, name.Position);
        }
    }

    /// <summary>An integer, or a sum of some: KeOps writes the placeholder of a trace as <c>Var(-0-1,3,0)</c>.</summary>
    static int Integer(Tokenizer tokens)
    {
        var position = tokens.Current.Position;
        var number = Signed(tokens);
        while (tokens.Current.Is("+") || tokens.Current.Is("-"))
        {
            var symbol = tokens.Take().Text;
            try
            {
                number = IntegerArithmetic.Evaluate(symbol, number, Signed(tokens));
            }
            catch (FormulaException error) when (error.Position < 0)
            {
                throw tokens.Error(error.Message, position);
            }
        }

        return number;
    }

    static int Signed(Tokenizer tokens)
    {
        var negative = tokens.TryTake("-");
        var token = tokens.Take();
        var text = (negative ? "-" : "") + token.Text;
        return token.Kind == TokenKind.Integer
            && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw tokens.Error($"Found {token}, expected an integer of at most {int.MaxValue}.", token.Position);
    }
}
