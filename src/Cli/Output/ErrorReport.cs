using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Cli.Output;

/// <summary>Errors as people read them: one line, the place in the formula below it, and never a stack trace unless asked for.</summary>
static class ErrorReport
{
    /// <summary>Set to 1 to see where in the program an error arose.</summary>
    public const string DebugVariable = "KEOPS_DEBUG";

    // So much of a formula stands on each side of the caret.
    const int Reach = 36;

    /// <summary>Writes the error.</summary>
    /// <returns>The exit code.</returns>
    public static int Write(Exception error, TextWriter output)
    {
        if (error is OperationCanceledException)
        {
            output.WriteLine("cancelled");
            return ExitCode.Cancelled;
        }

        var expected = error is KeopsException or IOException or UnauthorizedAccessException;
        output.WriteLine($"error: {(expected ? "" : error.GetType().Name + ": ")}{OneLine(error.Message)}");
        if (error is UsageException usage)
        {
            if (usage is { Text: { } text, Position: >= 0 }) WritePlace(text, usage.Position, output);
            if (usage.Command is { } command) output.WriteLine($"See '{command} --help'.");
        }

        if (Environment.GetEnvironmentVariable(DebugVariable) == "1") output.WriteLine(error);
        else if (!expected) output.WriteLine($"This is a defect of keops; {DebugVariable}=1 shows where.");
        return error is UsageException or FormulaException ? ExitCode.Usage : ExitCode.Failed;
    }

    static void WritePlace(string text, int position, TextWriter output)
    {
        position = Math.Clamp(position, 0, text.Length);
        var (from, to) = (Math.Max(0, position - Reach), Math.Min(text.Length, position + Reach));
        var (before, after) = (from > 0 ? "…" : "", to < text.Length ? "…" : "");
        output.WriteLine($"  {before}{OneLine(text[from..to])}{after}");
        output.WriteLine(new string(' ', 2 + before.Length + position - from) + "^");
    }

    // Character for character, so that the caret stays below its place.
    static string OneLine(string text) => string.Concat(text.Select(c => char.IsControl(c) ? ' ' : c));
}
