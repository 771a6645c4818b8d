using System.CommandLine;
using System.Globalization;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>
/// Options of one shape. All are texts to the parser and are read here, so that every complaint names the option, what was found and
/// what was expected.
/// </summary>
static class Options
{
    /// <summary>An option with a default.</summary>
    public static Option<string> Text(string name, string value, string description, string byDefault) =>
        new(name) { Description = description, HelpName = value, DefaultValueFactory = _ => byDefault };

    /// <summary>An option that may be left out.</summary>
    public static Option<string?> Optional(string name, string value, string description) =>
        new(name) { Description = description, HelpName = value };

    /// <summary>An option that may be given several times.</summary>
    public static Option<string[]> Repeated(string name, string value, string description) =>
        new(name) { Description = description + " Repeatable.", HelpName = value, DefaultValueFactory = _ => [] };

    /// <summary>The value as a number of threads, which a typing error must not turn into a machine that hangs.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static int? Threads(ParseResult parsed, Option<string?> option) => Number(parsed, option, most: 1024);

    /// <summary>The value, which must be one of a few.</summary>
    /// <exception cref="UsageException">It is none of them.</exception>
    public static string Choice(ParseResult parsed, Option<string> option, params string[] choices)
    {
        var value = parsed.GetRequiredValue(option);
        return choices.Contains(value) ? value : throw new UsageException(
            $"{option.Name} is '{value}': expected {string.Join(", ", choices[..^1])} or {choices[^1]}.");
    }

    /// <summary>The value as a whole number.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static int Integer(ParseResult parsed, Option<string> option)
    {
        var value = parsed.GetRequiredValue(option);
        return int.TryParse(value, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new UsageException($"{option.Name} is '{value}': expected an integer.");
    }

    /// <summary>The value as a count.</summary>
    /// <exception cref="UsageException">It is no integer from 1 to <paramref name="most"/>.</exception>
    public static int? Number(ParseResult parsed, Option<string?> option, int most = int.MaxValue)
    {
        if (parsed.GetValue(option) is not { } value) return null;
        return int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 && number <= most
            ? number
            : throw new UsageException(
                $"{option.Name} is '{value}': expected an integer of at least 1{(most < int.MaxValue ? $" and at most {most}" : "")}.");
    }
}
