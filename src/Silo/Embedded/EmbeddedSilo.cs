using System.Net;
using System.Net.Sockets;
using Distributed.Keops.Client;
using Distributed.Keops.Client.Cluster;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Distributed.Keops.Silo;

/// <summary>
/// A silo in this process: a cluster of one, on loopback ports of its own, with its state in memory. Several may run side by side. Every
/// path that the process can read is open to it.
/// </summary>
/// <example>
/// <code>
/// await using var silo = await EmbeddedSilo.StartAsync();
/// var density = await silo.Engine.ReduceAsync(kernel.Sum(axis: 1));
/// </code>
/// </example>
public sealed class EmbeddedSilo : IAsyncDisposable
{
    // Between asking for a free port and using it another process may take it.
    const int Tries = 3;

    static readonly TimeSpan StopTime = TimeSpan.FromSeconds(1);

    readonly IHost _host;
    readonly string? _ownLake;

    EmbeddedSilo(IHost host, int gatewayPort, string? ownLake)
    {
        (_host, GatewayPort, _ownLake) = (host, gatewayPort, ownLake);
        Engine = KeopsEngine.CreateOver(host.Services.GetRequiredService<IGrainFactory>());
    }

    /// <summary>Computes on this silo, without a connection between.</summary>
    public ClusterEngine Engine { get; }

    /// <summary>Where clients of other processes on this machine connect.</summary>
    public int GatewayPort { get; }

    /// <summary>Starts a silo.</summary>
    /// <param name="options">How.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    public static async Task<EmbeddedSilo> StartAsync(EmbeddedSiloOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new EmbeddedSiloOptions();
        var ownLake = options.Lake is null ? Directory.CreateTempSubdirectory("keops-silo-").FullName : null;
        for (var attempt = 1; ; attempt++)
        {
            var (siloPort, gatewayPort) = FreePorts();
            var host = Build(options, options.Lake ?? ownLake!, siloPort, gatewayPort);
            try
            {
                await host.StartAsync(cancellationToken).ConfigureAwait(false);
                return new EmbeddedSilo(host, gatewayPort, ownLake);
            }
            catch (Exception error)
            {
                host.Dispose();
                if (attempt < Tries && IsPortTaken(error)) continue;
                if (ownLake is not null) Directory.Delete(ownLake, recursive: true);
                throw;
            }
        }
    }

    /// <summary>Stops the silo; what runs on it ends at the next unit of work.</summary>
    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync().ConfigureAwait(false);
        using var time = new CancellationTokenSource(StopTime);
        try
        {
            await _host.StopAsync(time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Nobody else is in this cluster: there is no one to leave in good order.
        }

        if (_host is IAsyncDisposable host) await host.DisposeAsync().ConfigureAwait(false);
        else _host.Dispose();
        if (_ownLake is not null) Directory.Delete(_ownLake, recursive: true);
    }

    static IHost Build(EmbeddedSiloOptions options, string lake, int siloPort, int gatewayPort)
    {
        // The process's own configuration and environment say nothing about a silo inside it.
        var builder = new HostBuilder();
        builder.ConfigureLogging(logging =>
        {
            logging.ClearProviders();
            options.Logging?.Invoke(logging);
        });
        builder.ConfigureServices(services => services.AddSingleton<IHostLifetime, OwnedLifetime>());
        builder.UseOrleans(silo =>
        {
            silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "keops", clusterId: "keops");
            silo.Configure<SiloOptions>(o => o.SiloName = $"embedded-{siloPort}");
            silo.Configure<EndpointOptions>(o => o.AdvertisedIPAddress = IPAddress.Loopback);
            silo.AddMemoryGrainStorage("keops");
            silo.UseInMemoryReminderService();
            silo.AddKeops(o =>
            {
                o.Lake.Add(lake);
                (o.AnyPath, o.Threads, o.BlockStoreBytes) = (true, options.Threads, options.BlockStoreBytes);
            });
        });
        return builder.Build();
    }

    static (int Silo, int Gateway) FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return (((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port);
    }

    static bool IsPortTaken(Exception error) =>
        error is SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse }
            || (error.InnerException is { } inner && IsPortTaken(inner));
}
