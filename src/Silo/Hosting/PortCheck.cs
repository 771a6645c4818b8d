using System.Net;
using System.Net.Sockets;
using Distributed.Keops.Kernels;
using Orleans.Configuration;

namespace Distributed.Keops.Silo;

/// <summary>
/// Two silos on one port would each get some of the connections, since the framework's listeners share ports on Linux: so a port that
/// somebody listens at is refused.
/// </summary>
static class PortCheck
{
    /// <exception cref="KeopsException">A port is taken, or an address is not this machine's.</exception>
    public static void Require(EndpointOptions options)
    {
        Require(nameof(options.SiloPort), options.SiloListeningEndpoint ?? new IPEndPoint(options.AdvertisedIPAddress, options.SiloPort));
        if (options.GatewayListeningEndpoint is { } gateway) Require(nameof(options.GatewayPort), gateway);
        else if (options.GatewayPort != 0)
            Require(nameof(options.GatewayPort), new IPEndPoint(options.AdvertisedIPAddress, options.GatewayPort));
    }

    static void Require(string key, IPEndPoint endpoint)
    {
        try
        {
            using var listener = new TcpListener(endpoint);
            listener.Start();
        }
        catch (SocketException error)
        {
            throw new KeopsException(
                $"Orleans:Endpoints:{key} is {endpoint.Port}, which can't be listened at on {endpoint.Address}: {error.Message}. "
                + "Silos of one machine need ports of their own.",
                error);
        }
    }
}
