using System.CommandLine;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Cli.Arguments;

/// <summary>The options that say which cluster is meant.</summary>
sealed class ClusterOptionSet
{
    /// <summary>Where the cluster is when <c>--on</c> does not say it.</summary>
    public const string Variable = "KEOPS_CLUSTER";

    readonly Option<string?> _on = Options.Optional(
        "--on", "HOST:PORT", $"A gateway of the cluster. Default: the environment variable {Variable}.");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command) => command.Add(_on);

    /// <summary>The gateway.</summary>
    /// <exception cref="UsageException">None is named, or it is not written as one.</exception>
    public string Gateway(ParseResult parsed)
    {
        var (source, on) = parsed.GetValue(_on) is { } given ? ("--on", given) : (Variable, Environment.GetEnvironmentVariable(Variable));
        if (string.IsNullOrEmpty(on)) throw new UsageException($"Which cluster? Give --on HOST:PORT, or set {Variable}.");
        return OpenEngine.IsGateway(on)
            ? on
            : throw new UsageException($"{source} is '{on}': expected HOST:PORT, since jobs live on a cluster.");
    }

    /// <summary>Connects to the cluster.</summary>
    /// <exception cref="KeopsException">It can't be reached.</exception>
    public Task<ClusterEngine> ConnectAsync(ParseResult parsed, CancellationToken cancellationToken) =>
        KeopsEngine.ConnectAsync(new ClusterOptions { Gateways = [Gateway(parsed)] }, cancellationToken);
}
