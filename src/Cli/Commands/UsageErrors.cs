using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text.RegularExpressions;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Cli.Commands;

/// <summary>The parser's complaints, in this program's words and with the name that was probably meant.</summary>
static partial class UsageErrors
{
    /// <summary>The first thing wrong with a command line, or null.</summary>
    public static UsageException? Find(ParseResult parsed)
    {
        if (parsed.Errors.Count == 0 && !Values(parsed).Any()) return null;
        var command = parsed.CommandResult.Command;
        var path = Path(parsed.CommandResult);
        if (Values(parsed).Concat(parsed.UnmatchedTokens).FirstOrDefault(t => OptionLike().IsMatch(t)) is { } word)
        {
            var option = word.Split('=')[0];
            return Error($"Unknown option '{option}' of '{path}'.{NearestName.Suggest(option, Options(parsed.CommandResult))}");
        }

        if (command.Subcommands.Count > 0)
        {
            var known = command.Subcommands.Select(c => c.Name).ToArray();
            return Error(parsed.UnmatchedTokens is [{ } name, ..]
                ? $"Unknown command '{name}'.{NearestName.Suggest(name, known)}"
                : $"A command is missing: expected {string.Join(", ", known)}.");
        }

        if (parsed.UnmatchedTokens is [{ } extra, ..])
            return Error($"'{extra}' is one argument too many: put formulas with blanks into quotation marks.");
        return Error(parsed.Errors[0].Message);

        UsageException Error(string message) => new(message) { Command = path };
    }

    /// <summary>Values of arguments that look like options: an unknown option before the formula is taken for the formula.</summary>
    static IEnumerable<string> Values(ParseResult parsed) => parsed.CommandResult.Children.OfType<ArgumentResult>()
        .SelectMany(a => a.Tokens).Select(t => t.Value).Where(v => OptionLike().IsMatch(v));

    static IEnumerable<string> Options(CommandResult result) => result.Command.Options.Select(o => o.Name).Append("--help");

    static string Path(CommandResult result) => result.Parent is CommandResult parent
        ? $"{Path(parent)} {result.Command.Name}"
        : result.Command.Name;

    [GeneratedRegex("^--[a-z][a-z-]+(=.*)?$")]
    private static partial Regex OptionLike();
}
