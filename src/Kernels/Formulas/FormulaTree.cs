using System.Globalization;
using System.Text;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Formulas as indented trees with dimensions, for people to read.</summary>
public static class FormulaTree
{
    /// <summary>Prints one line for every node; a sub-formula that occurs again is named by the number of its first occurrence.</summary>
    public static string Print(Formula formula)
    {
        var text = new StringBuilder();
        var numbers = new Dictionary<Formula, int>();
        Append(formula, 0);
        return text.ToString();

        void Append(Formula node, int level)
        {
            text.Append(' ', 2 * level).Append(node.Operation.Name);
            var parameters = string.Join(", ", FormulaPrinter.Parameters(node));
            if (parameters.Length > 0) text.Append(CultureInfo.InvariantCulture, $"({parameters})");
            text.Append(CultureInfo.InvariantCulture, $"  [{node.Dim}]");
            if (node.Arguments.IsEmpty)
            {
                text.Append('\n');
                return;
            }

            if (numbers.TryGetValue(node, out var number))
            {
                text.Append(CultureInfo.InvariantCulture, $"  = #{number} above\n");
                return;
            }

            numbers.Add(node, numbers.Count + 1);
            text.Append(CultureInfo.InvariantCulture, $"  #{numbers.Count}\n");
            foreach (var argument in node.Arguments) Append(argument, level + 1);
        }
    }
}
