using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Distributed.Keops.Cli.Commands.Jobs;

namespace Distributed.Keops.Cli.Commands;

/// <summary>The tree of commands.</summary>
static class KeopsCommand
{
    /// <summary>Builds <c>keops</c> with its sub-commands.</summary>
    public static Command Create(CommandConsole console)
    {
        var reduce = new ReduceCommand(console);
        var explain = new ExplainCommand(console);
        var bench = new BenchCommand(console);
        var devices = new DevicesCommand(console);
        var silo = new SiloCommand(console);
        var jobs = new JobsCommand(console);
        var examples = new Dictionary<Command, string[]>
        {
            [reduce.Command] = reduce.Examples,
            [explain.Command] = explain.Examples,
            [bench.Command] = bench.Examples,
            [devices.Command] = devices.Examples,
            [silo.Command] = silo.Examples,
        };

        foreach (var (command, lines) in jobs.Examples) examples.Add(command, lines);

        // A plain command rather than the library's root, whose name would be that of whatever process hosts it.
        var keops = new Command("keops", "Reductions a_i = Reduce_j F(x_i, y_j) over pairs of points that no machine could store.")
        {
            reduce.Command, explain.Command, bench.Command, devices.Command, jobs.Command, silo.Command,
        };
        examples.Add(keops, [reduce.Examples[0], "keops reduce --help"]);
        keops.Add(new HelpOption("--help", "-h", "-?") { Recursive = true, Action = new HelpWithExamples(examples) });
        keops.Add(new VersionOption { Action = new PrintVersion() });
        return keops;
    }

    /// <summary>The version of this program, not of the process that hosts it.</summary>
    sealed class PrintVersion : SynchronousCommandLineAction
    {
        public override bool ClearsParseErrors => true;

        public override int Invoke(ParseResult parseResult)
        {
            parseResult.InvocationConfiguration.Output.WriteLine($"keops {typeof(KeopsCommand).Assembly.GetName().Version!.ToString(3)}");
            return ExitCode.Done;
        }
    }
}
