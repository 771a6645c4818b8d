using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// Formulas as text that parses back to an equal formula: infix with as few parentheses as possible, variables as
/// <c>Var(i,dim,category)</c>.
/// </summary>
static class FormulaPrinter
{
    public static string Print(Formula formula)
    {
        var text = new StringBuilder();
        Append(text, formula, 0, false);
        return text.ToString();
    }

    /// <summary>The integer parameters as they are written, lists in brackets.</summary>
    internal static IEnumerable<string> Parameters(Formula formula)
    {
        var at = 0;
        foreach (var name in formula.Operation.Parameters)
        {
            if (!FormulaFunction.IsList(name))
            {
                yield return Number(formula.Parameters[at++]);
                continue;
            }

            ImmutableArray<int> list = formula.Parameters[(at + 1)..(at + 1 + formula.Parameters[at])];
            at += 1 + list.Length;
            yield return $"[{string.Join(',', list.Select(Number))}]";
        }
    }

    static void Append(StringBuilder text, Formula formula, int precedence, bool bareInteger)
    {
        // Next to a formula an integer needs no name; a negative one would need parentheses.
        if (bareInteger && formula.Operation == Leaves.IntCst && formula.Parameters[0] > 0)
        {
            text.Append(Number(formula.Parameters[0]));
            return;
        }

        if (formula.Operation.Infix is not { } infix)
        {
            AppendCall(text, formula);
            return;
        }

        var parentheses = infix.Precedence < precedence;
        if (parentheses) text.Append('(');
        var arguments = formula.Arguments;
        if (arguments.Length == 1)
        {
            text.Append(infix.Symbol);
            Append(text, arguments[0], infix.Precedence, false);
        }
        else
        {
            // Left to right; comparisons do not chain, so both their sides bind tighter.
            var bare = arguments.Count(a => a.Operation == Leaves.IntCst) == 1;
            Append(text, arguments[0], infix.Precedence + (infix.Precedence == Infix.Comparison ? 1 : 0), bare);
            text.Append(infix.Symbol);
            Append(text, arguments[1], infix.Precedence + 1, bare);
        }

        if (parentheses) text.Append(')');
    }

    static void AppendCall(StringBuilder text, Formula formula)
    {
        text.Append(formula.Operation.Name).Append('(');
        var separator = "";
        foreach (var argument in formula.Arguments)
        {
            text.Append(separator);
            Append(text, argument, 0, false);
            separator = ",";
        }

        foreach (var parameter in Parameters(formula))
        {
            text.Append(separator).Append(parameter);
            separator = ",";
        }

        text.Append(')');
    }

    static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
