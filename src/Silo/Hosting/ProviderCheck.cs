using Distributed.Keops.Kernels;
using Microsoft.Extensions.Configuration;

namespace Distributed.Keops.Silo;

/// <summary>What the sections of providers must say, told with their keys; the framework would name its own classes.</summary>
static class ProviderCheck
{
    static readonly string[] Servers = ["Redis", "AzureRedisCache", "AdoNet"];

    static readonly string[] Connections = ["ConnectionString", "ConnectionName", "ServiceKey"];

    /// <exception cref="KeopsException">A server is named without its address, or a provider that there is not.</exception>
    public static void Require(IConfiguration configuration)
    {
        Require(configuration.GetSection("Orleans:Clustering"), "Development");
        Require(configuration.GetSection("Orleans:GrainStorage:keops"), "Memory");
        Require(configuration.GetSection("Orleans:Reminders"), "Memory");
    }

    static void Require(IConfigurationSection section, string local)
    {
        var type = section["ProviderType"];
        if (type == local) return;
        if (!Servers.Contains(type))
            throw new KeopsException($"{section.Path}:ProviderType is '{type}': expected {local}, Redis or AdoNet (PostgreSQL).");
        if (!Connections.Any(key => !string.IsNullOrEmpty(section[key])))
            throw new KeopsException($"{section.Path}:ConnectionString is empty: {type} needs to know where its server is.");
    }
}
