using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>The parser of reductions at work on one string; formulas inside are <see cref="FormulaReader"/>'s.</summary>
sealed class ReductionReader(string text, AliasList aliases)
{
    const string Zero = "Zero";

    readonly FormulaReader _reader = new(text, aliases);

    Tokenizer Tokens => _reader.Tokens;

    /// <summary>Reads the whole string.</summary>
    public Reduction ReadAll()
    {
        var reduction = Read();
        Tokens.RequireEnd();
        return reduction;
    }

    Reduction Read()
    {
        // Derivatives stand around the reduction, so the innermost comes last: a loop, whatever the depth.
        var derivatives = new Stack<(ReductionDerivative Derivative, Token Name)>();
        var name = Tokens.Take();
        while (name.Kind == TokenKind.Name && ReductionDerivative.All.TryGetValue(name.Text, out var derivative))
        {
            Tokens.Require("(", $"after {name.Text}");
            derivatives.Push((derivative, name));
            name = Tokens.Take();
        }

        if (name.Kind != TokenKind.Name || !name.Text.EndsWith(ReductionText.Suffix, StringComparison.Ordinal))
            throw Tokens.Error($"Found {name}, expected a reduction such as Sum{ReductionText.Suffix}(F,0).", name.Position);
        var reduction = ReadReduction(name);
        while (derivatives.TryPop(out var outer)) reduction = ReadDerivative(reduction, outer.Derivative, outer.Name);
        return reduction;
    }

    Reduction ReadReduction(Token name)
    {
        if (name.Text == Zero + ReductionText.Suffix) return ReadZero(name);
        var kind = _reader.At(name.Position, () => ReductionKind.Find(name.Text[..^ReductionText.Suffix.Length]));
        var terms = _reader.ReadArguments(name);
        var tag = kind.TakesK ? 2 : 1;
        if (terms.Length <= tag || terms.Length > tag + (kind.Weight == WeightRule.None ? 1 : 2))
            throw Count(name, terms.Length, Signature(kind));
        var weight = terms.Length > tag + 1 ? _reader.AsFormula(terms[tag + 1]) : null;
        int? k = kind.TakesK ? Integer(terms[1], Signature(kind)) : null;
        return new Reduction(kind, _reader.AsFormula(terms[0]), weight, k, Axis(terms[tag], Signature(kind)));
    }

    /// <summary>Zeros, one row for each row of the result: the sum of nothing but zeros.</summary>
    Reduction ReadZero(Token name)
    {
        var signature = $"{name.Text}(dim, tag)";
        var terms = _reader.ReadArguments(name);
        if (terms.Length != 2) throw Count(name, terms.Length, signature);
        var zero = _reader.At(terms[0].Position, () => Formula.Zero(Integer(terms[0], signature)));
        return new Reduction(ReductionKind.Find("Sum"), zero, null, null, Axis(terms[1], signature));
    }

    /// <summary>Reads what follows the reduction that is differentiated.</summary>
    Reduction ReadDerivative(Reduction reduction, ReductionDerivative derivative, Token name)
    {
        var terms = ImmutableArray.CreateBuilder<Term>();
        while (Tokens.TryTake(",")) terms.Add(_reader.ReadExpression());
        Tokens.Require(")", $"or ',' to go on with the arguments of {name.Text}");
        var formulas = terms.Count - 1;
        if (formulas < derivative.Formulas.Start.Value || formulas > derivative.Formulas.End.Value)
            throw Count(name, terms.Count + 1, derivative.Signature);
        var variable = _reader.AsFormula(terms[0]).AsVariable
            ?? throw Tokens.Error($"Found a formula, expected a variable: {derivative.Signature}.", terms[0].Position);
        return _reader.At(name.Position, () => derivative.Take(reduction, variable, [.. terms.Skip(1).Select(_reader.AsFormula)]));
    }

    int Axis(Term tag, string signature) => Integer(tag, signature) is var side and (0 or 1)
        ? 1 - side
        : throw Tokens.Error($"The tag is {((IntegerTerm)tag).Number}, expected 0 (the result is indexed by i) or 1 (by j).", tag.Position);

    int Integer(Term term, string signature) => term is IntegerTerm n
        ? n.Number
        : throw Tokens.Error($"Found a formula, expected an integer: {signature}.", term.Position);

    FormulaException Count(Token name, int count, string signature) =>
        Tokens.Error($"{name.Text} with {count} argument{(count == 1 ? "" : "s")}: expected {signature}.", name.Position);

    static string Signature(ReductionKind kind)
    {
        var weight = kind.Weight switch { WeightRule.None => "", WeightRule.Optional => ", optional weight", _ => ", weight" };
        return $"{kind.Name}{ReductionText.Suffix}(F, {(kind.TakesK ? "K, " : "")}tag{weight})";
    }
}
