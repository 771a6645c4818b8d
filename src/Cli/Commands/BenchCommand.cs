using System.CommandLine;
using System.Globalization;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Bench;
using Distributed.Keops.Cli.Output;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Cli.Commands;

/// <summary><c>keops bench</c>: the speed table.</summary>
sealed class BenchCommand
{
    readonly CommandConsole _console;
    readonly Argument<string> _file = new("workloads") { Description = "A JSON file of workloads.", HelpName = "WORKLOADS.json" };
    readonly Option<string?> _only = Options.Optional("--only", "NAME,…", "Only these workloads.");
    readonly Option<string> _repeat = Options.Text("--repeat", "K", "Warm calls, of which the median counts.", "5");
    readonly Option<string?> _threads = Options.Optional("--threads", "N", "Threads for kernels; all of the machine's by default.");
    readonly Option<bool> _json = new("--json") { Description = "One JSON document a line and workload on stdout." };

    public BenchCommand(CommandConsole console)
    {
        _console = console;
        Command.Add(_file);
        foreach (var option in (Option[])[_only, _repeat, _threads, _json]) Command.Add(option);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new("bench", "Times reductions of random points in memory; gpairs are 10⁹ pairs a second.");

    public string[] Examples { get; } =
    [
        "keops bench benchmarks/workloads.json",
        "keops bench benchmarks/workloads.json --json --only gauss_d3_f32,lse_d3_f32 --repeat 9 --threads 1",
    ];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var repeat = Options.Number(parsed, _repeat!)!.Value;
        var threads = Options.Threads(parsed, _threads);
        var json = parsed.GetValue(_json);
        var workloads = await Workload.ReadFileAsync(parsed.GetRequiredValue(_file), cancellationToken).ConfigureAwait(false);
        if (parsed.GetValue(_only) is { } only) workloads = [.. only.Split(',', StringSplitOptions.TrimEntries).Select(Find)];

        await using var engine = KeopsEngine.CreateLocal(threads);
        var table = new List<string[]> { (string[])["name", "seconds", "first", "gpairs"] };
        foreach (var workload in workloads)
        {
            if (!json) _console.Error.WriteLine($"{workload.Name}: {Figures.Short(workload.Pairs)} pairs, {repeat + 1} times");
            var timing = await WorkloadTiming.MeasureAsync(engine, workload, repeat, cancellationToken).ConfigureAwait(false);
            if (json) _console.Out.WriteLine(Json.Line(timing));
            table.Add([timing.Name, Cell(timing.Seconds, "F4"), Cell(timing.First, "F4"), Cell(timing.Gpairs, "F3")]);
        }

        if (!json) TextTable.Write(_console.Out, table);
        return ExitCode.Done;

        Workload Find(string name) => workloads.FirstOrDefault(w => w.Name == name) ?? throw new UsageException(
            $"--only names '{name}', which is no workload of this file.{NearestName.Suggest(name, workloads.Select(w => w.Name))}");
    }

    static string Cell(double number, string format) => number.ToString(format, CultureInfo.InvariantCulture);
}
