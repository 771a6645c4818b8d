using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>One <c>--vi</c>, <c>--vj</c> or <c>--pm</c>: a name in the formula and where its values come from.</summary>
/// <param name="Name">The name.</param>
/// <param name="Category">What indexes it.</param>
/// <param name="Spec">The cloud of an i- or j-variable; null for a parameter.</param>
/// <param name="Values">The values of a parameter; empty otherwise.</param>
sealed partial record VariableArgument(string Name, Category Category, CloudSpec? Spec, ImmutableArray<double> Values)
{
    /// <summary>Reads <c>NAME=path:columns</c>.</summary>
    /// <exception cref="UsageException">It does not read so.</exception>
    public static VariableArgument Rows(string option, Category category, string text)
    {
        var (name, spec) = Split(option, text, "NAME=FILE:COLUMN,COLUMN");
        try
        {
            return new VariableArgument(name, category, CloudSpec.Parse(spec), []);
        }
        catch (DataException error)
        {
            throw new UsageException($"{option} {text}: {error.Message}");
        }
    }

    /// <summary>Reads <c>NAME=1.5,2</c>.</summary>
    /// <exception cref="UsageException">It does not read so.</exception>
    public static VariableArgument Parameter(string option, string text)
    {
        var (name, values) = Split(option, text, "NAME=NUMBER,NUMBER");
        return new VariableArgument(name, Category.Parameter, null, [.. values.Split(',').Select(Number)]);

        double Number(string word) => double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException(
                $"{option} {text}: '{word}' is no number; expected numbers such as 0.5 or 1e-3, separated by commas.");
    }

    static (string Name, string Value) Split(string option, string text, string expected)
    {
        var equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0 || equals == text.Length - 1) throw new UsageException($"{option} {text}: expected {expected}.");
        var name = text[..equals].Trim();
        return Identifier().IsMatch(name)
            ? (name, text[(equals + 1)..])
            : throw new UsageException(
                $"{option} {text}: '{name}' can't name a variable; expected letters, digits and '_', a letter first.");
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$")]
    private static partial Regex Identifier();
}
