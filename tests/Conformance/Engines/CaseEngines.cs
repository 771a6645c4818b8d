using Distributed.Keops.Client;

namespace Distributed.Keops.Conformance;

/// <summary>The engines that can be asked for, by name. A further one is a class
/// implementing <see cref="ICaseEngine"/> and a line here.</summary>
public static class CaseEngines
{
    /// <summary>The engine used when none is named.</summary>
    public const string Default = "cpu";

    /// <summary>How each engine is started.</summary>
    public static readonly IReadOnlyDictionary<string, Func<ICaseEngine>> All = new Dictionary<string, Func<ICaseEngine>>(
        StringComparer.Ordinal)
    {
        ["cpu"] = () => new KeopsCaseEngine(KeopsEngine.CreateLocal()),
        ["cuda"] = () => new KeopsCaseEngine(KeopsEngine.CreateCuda()),
        ["embedded"] = () => new EmbeddedCaseEngine(),
        ["oracle"] = () => new OracleEngine(),
    };

    /// <summary>Whether there is an engine of that name, or a cluster could be at that address.</summary>
    public static bool Knows(string name) => All.ContainsKey(name) || name.Contains(':', StringComparison.Ordinal);

    /// <summary>Starts an engine by its name, or connects to a cluster's gateway, written <c>host:port</c>.</summary>
    public static ICaseEngine Create(string name) => All.TryGetValue(name, out var engine)
        ? engine()
        : new KeopsCaseEngine(KeopsEngine.ConnectAsync(new ClusterOptions { Gateways = [name] }).GetAwaiter().GetResult());
}
