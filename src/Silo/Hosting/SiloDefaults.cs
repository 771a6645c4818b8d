using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;

namespace Distributed.Keops.Silo;

/// <summary>
/// What a silo is when nobody says otherwise: a development cluster on this machine's loopback, with its state in memory. The state of jobs
/// and
/// their reminders follow the clustering unless they are configured themselves, so that one section makes a cluster.
/// </summary>
static class SiloDefaults
{
    const string Clustering = "Orleans:Clustering";

    /// <summary>Adds the defaults below all that is there.</summary>
    public static void AddTo(ConfigurationManager configuration)
    {
        var set = new Dictionary<string, string?>
        {
            ["Orleans:ClusterId"] = "keops",
            ["Orleans:ServiceId"] = "keops",
            ["Orleans:Name"] = $"{Environment.MachineName}-{configuration["Orleans:Endpoints:SiloPort"] ?? "11111"}",
            ["Orleans:Endpoints:AdvertisedIPAddress"] = "127.0.0.1",
            ["Orleans:Endpoints:SiloPort"] = "11111",
            ["Orleans:Endpoints:GatewayPort"] = "30000",
            [$"{Clustering}:ProviderType"] = "Development",
            // Otherwise a silo that hangs is held for alive for a minute after its last message, and all that it has in hand waits.
            ["Orleans:Membership:EnableConnectionLivenessCheck"] = "false",
            // Where most silos die at once, those that are left believe it only when the dead have not been heard of for three of these,
            // and see that only when they read the table again: minutes, by default.
            ["Orleans:Membership:IAmAliveTablePublishTimeout"] = "00:00:10",
            ["Orleans:Membership:TableRefreshTimeout"] = "00:00:15",
            ["Logging:LogLevel:Default"] = "Warning",
            ["Logging:LogLevel:Distributed.Keops"] = "Information",
            // At every start it takes the machine's time since booting for that of its thread.
            ["Logging:LogLevel:Orleans.Runtime.Watchdog"] = "Error",
            // The probe is answered with what is wrong, and the program ends with it.
            ["Logging:LogLevel:Microsoft.Extensions.Diagnostics.HealthChecks"] = "None",
            ["Logging:LogLevel:Microsoft.Extensions.Hosting"] = "None",
        };
        var clustering = configuration.GetSection(Clustering);
        if (IsAdoNet(clustering)) set[$"{Clustering}:Invariant"] = "Npgsql";
        foreach (var section in (string[])["Orleans:GrainStorage:keops", "Orleans:Reminders"])
            Follow(configuration.GetSection(section), clustering, set);
        // One folder may be written without the number that lists have.
        if (configuration["Keops:Lake"] is { Length: > 0 } folder) set["Keops:Lake:0"] = folder;
        // The exporter reads its address from here, as it does all the other settings of its standard.
        if (configuration["Keops:Telemetry"] is { Length: > 0 } collector) set[TelemetryHosting.Collector] = collector;
        configuration.Sources.Insert(0, new MemoryConfigurationSource { InitialData = set });
    }

    static void Follow(IConfigurationSection section, IConfigurationSection clustering, Dictionary<string, string?> set)
    {
        if (section["ProviderType"] is not null)
        {
            if (IsAdoNet(section)) set[$"{section.Path}:Invariant"] = "Npgsql";
            return;
        }

        if (clustering["ProviderType"] is null or "Development")
        {
            set[$"{section.Path}:ProviderType"] = "Memory";
            return;
        }

        foreach (var (key, value) in clustering.AsEnumerable(makePathsRelative: true).Where(pair => pair.Value is not null))
            set[$"{section.Path}:{key}"] = value;
        if (IsAdoNet(clustering)) set[$"{section.Path}:Invariant"] = clustering["Invariant"] ?? "Npgsql";
    }

    static bool IsAdoNet(IConfigurationSection section) => section["ProviderType"] == "AdoNet";
}
