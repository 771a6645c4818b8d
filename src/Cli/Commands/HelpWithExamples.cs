using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Distributed.Keops.Cli.Commands;

/// <summary>The library's help, followed by examples and the exit codes.</summary>
sealed class HelpWithExamples(IReadOnlyDictionary<Command, string[]> examples) : SynchronousCommandLineAction
{
    /// <summary>Who asks for help has not finished the command line yet.</summary>
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        var output = parseResult.InvocationConfiguration.Output;
        new HelpAction { MaxWidth = 110 }.Invoke(parseResult);
        output.WriteLine("Examples:");
        foreach (var example in examples[parseResult.CommandResult.Command]) output.WriteLine($"  {example}");
        output.WriteLine();
        output.WriteLine("Exit codes:");
        output.WriteLine("  0 done, 1 the job or its data failed, 2 bad usage or formula, 130 cancelled");
        return ExitCode.Done;
    }
}
