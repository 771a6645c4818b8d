using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Hosting;

namespace Distributed.Keops.Client;

/// <summary>Engines that compute on a cluster.</summary>
public abstract partial class KeopsEngine
{
    /// <summary>Connects to a cluster.</summary>
    /// <param name="options">Where it is.</param>
    /// <param name="cancellationToken">Ends the attempt.</param>
    /// <exception cref="KeopsException">A gateway is not written as <c>host:port</c>, or none answered in time.</exception>
    public static async Task<ClusterEngine> ConnectAsync(ClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ClusterOptions();
        var gateways = new List<IPEndPoint>();
        foreach (var gateway in options.Gateways) gateways.Add(await ResolveAsync(gateway, cancellationToken).ConfigureAwait(false));
        // An attempt that hangs counts as one that fails.
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(options.ConnectTimeout);
        var failures = new ConnectionFailures();
        var builder = new HostBuilder();
        builder.ConfigureLogging(logging => logging.ClearProviders().AddProvider(failures));
        builder.ConfigureServices(services => services.AddSingleton<IHostLifetime, OwnedLifetime>());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering([.. gateways]);
            client.Configure<Orleans.Configuration.ClusterOptions>(
                o => (o.ClusterId, o.ServiceId) = (options.ClusterId, options.ServiceId));
            // No call of this client waits for work: a silo that is silent for so long is gone.
            client.Configure<ClientMessagingOptions>(o =>
            {
                o.ResponseTimeout = TimeSpan.FromSeconds(10);
                // Messages go to the gateways in turn. A second one for each that was lost would be what is lost of two gateways the next
                // time, again and again.
                o.CancelRequestOnTimeout = false;
            });
            // A name in the trace context lets spans of the application and of the silos hang together.
            client.AddActivityPropagation();
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                if (failures.IsOtherCluster) return false;
                await Task.Delay(200, token).ConfigureAwait(false);
                return !patience.IsCancellationRequested;
            });
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(patience.Token).ConfigureAwait(false);
            return new ClusterEngine(host.Services.GetRequiredService<IClusterClient>(), options.Patience, host);
        }
        catch (Exception error)
        {
            host.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw Unreachable(options, failures, error);
        }
    }

    /// <summary>An engine over an Orleans client that the application has already; the client stays the application's.</summary>
    /// <param name="client">A connected client, or that of a silo in this process.</param>
    public static ClusterEngine CreateOver(IGrainFactory client) => new ClusterEngine(client, new ClusterOptions().Patience, null);

    static KeopsException Unreachable(ClusterOptions options, ConnectionFailures failures, Exception error)
    {
        var (gateways, cause) = (string.Join(", ", options.Gateways), failures.Last ?? error.GetBaseException());
        return new KeopsException(
            failures.WasRefused
                ? $"The gateway at {gateways} refuses clients of the cluster '{options.ClusterId}': ask its operator for its cluster id. "
                    + $"({cause.Message})"
                : $"No silo of the cluster '{options.ClusterId}' answered at {gateways} within "
                    + $"{options.ConnectTimeout.TotalSeconds:0.#} s: {cause.Message}",
            cause);
    }

    static async Task<IPEndPoint> ResolveAsync(string gateway, CancellationToken cancellationToken)
    {
        var colon = gateway.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(gateway.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
            throw new KeopsException($"The gateway '{gateway}' is not written as host:port.");
        try
        {
            var addresses = await Dns.GetHostAddressesAsync(gateway[..colon].Trim('[', ']'), cancellationToken).ConfigureAwait(false);
            return new IPEndPoint(addresses.OrderBy(a => a.AddressFamily == AddressFamily.InterNetwork ? 0 : 1).First(), port);
        }
        catch (SocketException error)
        {
            throw new KeopsException($"The gateway '{gateway}' has no address: {error.Message}", error);
        }
    }
}
