using System.CommandLine;
using System.Runtime.InteropServices;
using Distributed.Keops.Cli.Output;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Cuda.Driver;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Cli.Commands;

/// <summary><c>keops devices</c>: what this machine computes with.</summary>
sealed class DevicesCommand
{
    readonly CommandConsole _console;
    readonly Option<bool> _json = new("--json") { Description = "One JSON document on stdout instead of text." };

    public DevicesCommand(CommandConsole console)
    {
        _console = console;
        Command.Add(_json);
        Command.SetAction(Run);
    }

    public Command Command { get; } = new("devices", "Lists this machine's engines.");

    public string[] Examples { get; } = ["keops devices", "keops devices --json"];

    /// <summary>What <c>--backend GPU</c> of a reduction in this process would compute on.</summary>
    static string Gpus()
    {
        var inventory = CudaInventory.Find();
        return inventory.Reason is { } reason
            ? $"note: no GPU, since {reason}"
            : $"note: {string.Join(", ", inventory.Devices.Select(d => $"GPU {d.Ordinal} {d.Name} ({d.Architecture})"))}: "
                + "--backend GPU computes there, which has not been tried on a GPU yet";
    }

    int Run(ParseResult parsed)
    {
        // The engine itself says how wide it goes, by compiling the smallest reduction there is.
        var smallest = new Reduction(ReductionKind.Find("Sum"), FormulaParser.Parse("Var(0,1,1)"), null, null, 1);
        var bits = CompiledReduction.Compile(smallest, ElementType.Float32).Kernel.Schedule.Width;
        var device = new
        {
            Kind = "cpu",
            Engine = CpuReduction.EngineId(bits),
            VectorBits = bits,
            Threads = Environment.ProcessorCount,
            Architecture = RuntimeInformation.ProcessArchitecture.ToString(),
        };
        if (parsed.GetValue(_json)) _console.Out.WriteLine(Json.Document(new { Devices = new[] { device } }));
        else
        {
            TextTable.Write(_console.Out,
            [
                ["kind", "engine", "architecture", "vectors", "threads"],
                [device.Kind, device.Engine, device.Architecture, $"{bits} bits", Figures.Count(device.Threads)],
            ], left: 3);
            _console.Error.WriteLine(Gpus());
        }

        return ExitCode.Done;
    }
}
