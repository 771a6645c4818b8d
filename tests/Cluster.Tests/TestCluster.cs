using Distributed.Keops.Client;
using Distributed.Keops.Cluster.Tests.Services;
using Distributed.Keops.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Distributed.Keops.Cluster.Tests;

/// <summary>Silos over a store of their own, with a lake, a client, and a way to look behind the scenes.</summary>
sealed class TestCluster : IAsyncDisposable
{
    // Dead silos are found several times as fast as by default, so that a test does not mostly wait for that.
    static readonly string[] Watchfulness =
    [
        "--Orleans:Membership:ProbeTimeout=00:00:01.5",
        "--Orleans:Membership:MinProbeTimeout=00:00:01",
        "--Orleans:Membership:IAmAliveTablePublishTimeout=00:00:02",
        "--Orleans:Membership:TableRefreshTimeout=00:00:02",
    ];

    readonly IStore _store;
    readonly List<SiloProcess> _silos = [];
    ClusterEngine? _engine;

    TestCluster(IStore store) => _store = store;

    public TempFolder Lake { get; } = new();

    public IStore Store => _store;

    public IReadOnlyList<SiloProcess> Silos => _silos;

    public JobClient Jobs => _engine!.Jobs;

    /// <summary>The last lines of all silos, for messages.</summary>
    public string Log => string.Join("\n", _silos.Select(s => s.Log));

    public static async Task<TestCluster> StartAsync(IStore store, int silos, int threads = 1)
    {
        var cluster = new TestCluster(store);
        try
        {
            await store.StartAsync();
            for (var n = 0; n < silos; n++) cluster.Add(threads);
            await cluster.ReadyAsync();
            await cluster.ConnectAsync();
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more silo; it is not ready yet.</summary>
    public SiloProcess Add(int threads = 1)
    {
        var silo = new SiloProcess($"silo-{_silos.Count}", Lake.Path, threads, [.. _store.Settings, .. Watchfulness]);
        _silos.Add(silo);
        silo.Start();
        return silo;
    }

    public Task ReadyAsync() => Task.WhenAll(_silos.Where(s => s.IsRunning).Select(s => s.ReadyAsync()));

    /// <summary>Starts those again that have ended.</summary>
    public async Task RestartAsync()
    {
        foreach (var silo in _silos.Where(s => !s.IsRunning)) silo.Start();
        await ReadyAsync();
    }

    /// <summary>A client of all silos that there are now.</summary>
    public async Task ConnectAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        var options = new Client.ClusterOptions { Gateways = [.. _silos.Select(s => s.Gateway)], Patience = TimeSpan.FromMinutes(2) };
        _engine = await KeopsEngine.ConnectAsync(options, TestContext.Current.CancellationToken);
    }

    /// <summary>The silo that coordinates a job.</summary>
    public async Task<SiloProcess> CoordinatorAsync(string job)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.UseOrleansClient(client => client
            .UseStaticClustering([.. _silos.Where(s => s.IsRunning).Select(s => System.Net.IPEndPoint.Parse(s.Gateway))])
            .Configure<Orleans.Configuration.ClusterOptions>(o => (o.ClusterId, o.ServiceId) = ("keops", "keops")));
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<IClusterClient>();
        var address = await client.GetGrain<IManagementGrain>(0).GetActivationAddress(client.GetGrain<IJobGrain>(job));
        await host.StopAsync();
        return _silos.Single(s => s.SiloPort == address!.Endpoint.Port);
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        foreach (var silo in _silos) silo.Dispose();
        _store.Dispose();
        Lake.Dispose();
    }
}
