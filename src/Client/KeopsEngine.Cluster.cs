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
    public static async Task<KeopsEngine> ConnectAsync(ClusterOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new ClusterOptions();
        var gateways = new List<IPEndPoint>();
        foreach (var gateway in options.Gateways) gateways.Add(await ResolveAsync(gateway, cancellationToken).ConfigureAwait(false));
        var builder = new HostBuilder();
        builder.ConfigureLogging(logging => logging.ClearProviders());
        builder.UseOrleansClient(client =>
        {
            client.UseStaticClustering([.. gateways]);
            client.Configure<Orleans.Configuration.ClusterOptions>(
                o => (o.ClusterId, o.ServiceId) = (options.ClusterId, options.ServiceId));
            // No call of this client waits for work: a silo that is silent for so long is gone.
            client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(10));
            var deadline = DateTime.UtcNow + options.Patience;
            client.UseConnectionRetryFilter(async (_, token) =>
            {
                await Task.Delay(200, token).ConfigureAwait(false);
                return DateTime.UtcNow < deadline;
            });
        });
        var host = builder.Build();
        try
        {
            await host.StartAsync(cancellationToken).ConfigureAwait(false);
            return new ClusterEngine(host.Services.GetRequiredService<IClusterClient>(), options.Patience, host);
        }
        catch (Exception error)
        {
            host.Dispose();
            if (error is OperationCanceledException) throw;
            throw new KeopsException(
                $"No silo of the cluster '{options.ClusterId}' answered at {string.Join(", ", options.Gateways)}: {error.Message}", error);
        }
    }

    /// <summary>An engine over an Orleans client that the application has already; the client stays the application's.</summary>
    /// <param name="client">A connected client, or that of a silo in this process.</param>
    public static KeopsEngine CreateOver(IGrainFactory client) => new ClusterEngine(client, new ClusterOptions().Patience, null);

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
