using System.Net;
using System.Net.Sockets;

namespace Distributed.Keops.Cluster.Tests.Services;

/// <summary>Loopback ports that nobody listens at.</summary>
static class Ports
{
    /// <summary>So many, all different.</summary>
    public static int[] Free(int count)
    {
        var listeners = Enumerable.Range(0, count).Select(_ => new TcpListener(IPAddress.Loopback, 0)).ToList();
        try
        {
            foreach (var listener in listeners) listener.Start();
            return [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (var listener in listeners) listener.Dispose();
        }
    }
}
