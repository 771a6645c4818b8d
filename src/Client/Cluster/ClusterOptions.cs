namespace Distributed.Keops.Client;

/// <summary>Where a cluster is found.</summary>
public sealed record ClusterOptions
{
    /// <summary>Gateways as <c>host:port</c>; one that answers is enough. Default: this machine's, at Orleans' usual port.</summary>
    public IReadOnlyList<string> Gateways { get; init; } = ["127.0.0.1:30000"];

    /// <summary>The cluster's name. Default: <c>keops</c>.</summary>
    public string ClusterId { get; init; } = "keops";

    /// <summary>The service's name, which stays the same over deployments. Default: <c>keops</c>.</summary>
    public string ServiceId { get; init; } = "keops";

    /// <summary>How long a first answer is waited for. Default: 10 seconds.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a cluster that stops answering is waited for during a reduction. Default: 60 seconds.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromSeconds(60);
}
