using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Names: variables and calls.</summary>
sealed partial class FormulaReader
{
    /// <summary>Reads what stands between the parentheses of a call; the opening one is next.</summary>
    public ImmutableArray<Term> ReadArguments(Token name)
    {
        Tokens.Require("(", $"after {name.Text}");
        var arguments = ImmutableArray.CreateBuilder<Term>();
        if (!Tokens.Current.Is(")"))
        {
            do arguments.Add(ReadExpression());
            while (Tokens.TryTake(","));
        }

        Tokens.Require(")", $"or ',' to go on with the arguments of {name.Text}");
        return arguments.ToImmutable();
    }

    FormulaTerm ReadName(Token name)
    {
        if (!Tokens.Current.Is("(")) return new FormulaTerm(Formula.Var(FindAlias(name)), name.Position);
        if (VariableReader.TryRead(Tokens, name, null) is { } variable)
        {
            return aliases.At(variable.Index) is { } declared && declared != variable
                ? throw Tokens.Error($"Position {variable.Index} is declared as {Formula.Var(declared)} by the aliases.", name.Position)
                : new FormulaTerm(Formula.Var(variable), name.Position);
        }

        var function = Operations.Find(name.Text)
            ?? throw Tokens.Error(
                $"Unknown operation {name}.{NearestName.Suggest(name.Text, Operations.All.Select(f => f.Name))}", name.Position);
        return Call(function, name, ReadArguments(name));
    }

    Variable FindAlias(Token name)
    {
        if (aliases.Find(name.Text) is { } variable) return variable;
        var known = aliases.Aliases.IsEmpty ? ": no aliases are declared." : $": expected one of {string.Join(", ", aliases.Names)}.";
        var meant = Operations.Find(name.Text) is { } function
            ? $" The operation is called as {function.Signature}."
            : NearestName.Suggest(name.Text, aliases.Names);
        throw Tokens.Error($"Unknown variable {name}{known}{meant}", name.Position);
    }

    FormulaTerm Call(FormulaFunction function, Token name, ImmutableArray<Term> terms)
    {
        var (least, most) = (function.LeastFormulas, function.MostFormulas);
        var names = function.Parameters;
        if (terms.Length < least + names.Length - function.OptionalParameters || terms.Length > most + names.Length)
        {
            var found = terms.Length == 1 ? "1 argument" : $"{terms.Length} arguments";
            throw Tokens.Error($"{function.Name} with {found}: expected {function.Signature}.", name.Position);
        }

        var count = names.IsEmpty ? terms.Length : most;
        ImmutableArray<Formula> formulas = [.. terms[..count].Select(AsFormula)];
        var parameters = ImmutableArray.CreateBuilder<int>();
        for (var k = 0; k < names.Length; k++) Add(names[k], count + k < terms.Length ? terms[count + k] : null);
        return At(name.Position, () => new FormulaTerm(function.Apply(formulas, parameters.ToImmutable()), name.Position));

        void Add(string parameter, Term? term)
        {
            switch (term)
            {
                case null:
                    parameters.Add(0);
                    break;
                case IntegerTerm n when !FormulaFunction.IsList(parameter):
                    parameters.Add(n.Number);
                    break;
                case ListTerm list when FormulaFunction.IsList(parameter):
                    parameters.Add(list.Numbers.Length);
                    parameters.AddRange(list.Numbers);
                    break;
                default:
                    var expected = FormulaFunction.IsList(parameter) ? "a list of integers such as [2,3]" : "an integer";
                    throw Tokens.Error(
                        $"The parameter '{parameter.TrimEnd('[', ']')}' of {function.Signature}: expected {expected}.", term.Position);
            }
        }
    }
}
