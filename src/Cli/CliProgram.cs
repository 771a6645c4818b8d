using System.CommandLine;
using Distributed.Keops.Cli.Commands;
using Distributed.Keops.Cli.Output;

namespace Distributed.Keops.Cli;

/// <summary>The whole of <c>keops</c>, callable in process: words in, text and an exit code out.</summary>
static class CliProgram
{
    /// <summary>Runs one command line, with plain text on both outputs.</summary>
    public static Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, CancellationToken cancellationToken) =>
        RunAsync(args, new CommandConsole(output, error, ErrorIsTerminal: false), cancellationToken);

    /// <summary>Runs one command line.</summary>
    /// <returns>One of <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(string[] args, CommandConsole console, CancellationToken cancellationToken)
    {
        // A formula may begin with '-' or '@': neither bundles of short options nor response files are meant.
        var parsing = new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null };
        var parsed = KeopsCommand.Create(console).Parse(args, parsing);
        try
        {
            if (UsageErrors.Find(parsed) is { } wrong) throw wrong;
            // Signals and errors are ours: the library's handlers would end with codes of their own.
            var invocation = new InvocationConfiguration
            {
                Output = console.Out,
                Error = console.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null,
            };
            return await parsed.InvokeAsync(invocation, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error)
        {
            return ErrorReport.Write(error, console.Error);
        }
    }
}
