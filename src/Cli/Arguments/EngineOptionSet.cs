using System.CommandLine;
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

    /// <summary>Refuses what can't be, before any data are opened.</summary>
    /// <exception cref="UsageException">A value makes no sense.</exception>
    /// <exception cref="KeopsException">There is no such engine.</exception>
    public void Check(ParseResult parsed)
    {
        var on = parsed.GetRequiredValue(_on);
        if (on is not ("local" or "embedded") && !OpenEngine.IsGateway(on))
            throw new UsageException($"--on is '{on}': expected local, embedded or HOST:PORT.");
        if (Options.Threads(parsed, _threads) is not null && OpenEngine.IsGateway(on))
            throw new UsageException($"--threads is for this machine; the silos behind {on} have their own.");
        if (Options.Choice(parsed, _device, "cpu", "cuda") == "cuda")
            throw new KeopsException("--device cuda is not supported yet: leave it at cpu, or give --backend GPU for a reduction in this process.");
    }

    /// <summary>Whether the files are opened on other machines too.</summary>
    public bool IsRemote(ParseResult parsed) => OpenEngine.IsGateway(parsed.GetRequiredValue(_on));

    /// <summary>The engine; <see cref="Check"/> comes first.</summary>
    /// <exception cref="KeopsException">It can't be reached.</exception>
    public Task<OpenEngine> OpenAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        OpenEngine.StartAsync(parsed.GetRequiredValue(_on), Options.Threads(parsed, _threads), cancellationToken);
}
