using System.Net;
using System.Net.Sockets;
using Distributed.Keops.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Distributed.Keops.Silo.Tests;

/// <summary>A silo as <c>keops silo</c> builds it, on free ports, with health endpoints.</summary>
sealed class RunningSilo : IAsyncDisposable
{
    readonly HttpClient _http = new();
    bool _stopped;

    RunningSilo(SiloHost host, int[] ports, TempFolder lake) => (Host, Ports, Lake) = (host, ports, lake);

    public SiloHost Host { get; }

    /// <summary>Of the silo, of its gateway and of its health endpoints.</summary>
    public int[] Ports { get; }

    public TempFolder Lake { get; }

    public string Gateway => $"127.0.0.1:{Ports[1]}";

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static async Task<RunningSilo> StartAsync(params string[] settings)
    {
        var (lake, ports) = (new TempFolder(), FreePorts(3));
        var host = SiloHost.Create(SiloConfiguration.Read(null, [.. Settings(lake, ports), .. settings]));
        await host.StartAsync(Token);
        return new RunningSilo(host, ports, lake);
    }

    public static string[] Settings(TempFolder lake, int[] ports) =>
    [
        $"--Keops:Lake:0={lake.Path}",
        "--Keops:Threads=1",
        $"--Keops:HealthPort={ports[2]}",
        $"--Orleans:Endpoints:SiloPort={ports[0]}",
        $"--Orleans:Endpoints:GatewayPort={ports[1]}",
    ];

    public static int[] FreePorts(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToArray();
        foreach (var listener in listeners) listener.Start();
        int[] ports = [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        foreach (var listener in listeners) listener.Dispose();
        return ports;
    }

    public T Get<T>() where T : notnull => Host.Services.GetRequiredService<T>();

    public Task<ClusterEngine> ConnectAsync(string cluster = "keops") =>
        KeopsEngine.ConnectAsync(new ClusterOptions { Gateways = [Gateway], ClusterId = cluster }, Token);

    public async Task<(HttpStatusCode Code, string Text)> ProbeAsync(string tag)
    {
        using var answer = await _http.GetAsync(new Uri($"http://127.0.0.1:{Ports[2]}/health/{tag}"), Token);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Token));
    }

    public Task StopAsync()
    {
        _stopped = true;
        return Host.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_stopped) await StopAsync();
        await Host.DisposeAsync();
        _http.Dispose();
        Lake.Dispose();
    }
}
