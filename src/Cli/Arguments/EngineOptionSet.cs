using System.CommandLine;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>The options that say where a reduction runs.</summary>
sealed class EngineOptionSet
{
    readonly Option<string> _on = Options.Text("--on", "local|embedded|HOST:PORT",
        "Where it runs: in this process, on a silo inside this process, or on the cluster behind a gateway.", "local");

    readonly Option<string> _device = Options.Text("--device", "cpu|cuda", "What computes.", "cpu");

    readonly Option<string?> _threads = Options.Optional("--threads", "N", "Threads for kernels; all of the machine's by default.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        foreach (var option in (Option[])[_on, _device, _threads]) command.Add(option);
    }

    /// <summary>Refuses what this build can't do, before any data are opened.</summary>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    /// <exception cref="KeopsException">There is no such engine.</exception>
    public void Check(ParseResult parsed)
    {
        Options.Number(parsed, _threads);
        if (Options.Choice(parsed, _device, "cpu", "cuda") == "cuda") throw new KeopsException("There is no CUDA engine in this build; leave --device at cpu.");
    }

    /// <summary>The engine.</summary>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    /// <exception cref="KeopsException">There is no such engine, or it can't be reached.</exception>
    public Task<KeopsEngine> OpenAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        Check(parsed);
        cancellationToken.ThrowIfCancellationRequested();
        var on = parsed.GetRequiredValue(_on);
        return on == "local"
            ? Task.FromResult(KeopsEngine.CreateLocal(Options.Number(parsed, _threads)))
            : throw new UsageException($"--on is '{on}': expected local.");
    }
}
