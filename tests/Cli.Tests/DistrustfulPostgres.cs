using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Distributed.Keops.Cli.Tests;

/// <summary>So much of a PostgreSQL server that it asks for a password and finds it wrong.</summary>
sealed class DistrustfulPostgres : IDisposable
{
    readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public DistrustfulPostgres()
    {
        _listener.Start();
        _ = ServeAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public void Dispose() => _listener.Dispose();

    async Task ServeAsync()
    {
        while (true)
        {
            using var client = await _listener.AcceptTcpClientAsync();
            try
            {
                await RefuseAsync(client.GetStream());
            }
            catch (IOException)
            {
                // It went away first.
            }
        }
    }

    static async Task RefuseAsync(NetworkStream stream)
    {
        // Requests for encryption come first, and are answered with N for no; 3.0 is the start-up message.
        while (await ReadAsync(stream) is var start && BinaryPrimitives.ReadInt32BigEndian(start) != 3 << 16)
            await stream.WriteAsync("N"u8.ToArray());
        // Asks for the password in clear text.
        await stream.WriteAsync(new byte[] { (byte)'R', 0, 0, 0, 8, 0, 0, 0, 3 });
        await stream.ReadExactlyAsync(new byte[1]);
        await ReadAsync(stream);
        var fields = Encoding.ASCII.GetBytes("SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed for user \"keops\"\0\0");
        var header = new byte[5];
        header[0] = (byte)'E';
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(1), fields.Length + 4);
        await stream.WriteAsync((byte[])[.. header, .. fields]);
    }

    /// <summary>A message without its length.</summary>
    static async Task<byte[]> ReadAsync(NetworkStream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length);
        var body = new byte[BinaryPrimitives.ReadInt32BigEndian(length) - 4];
        await stream.ReadExactlyAsync(body);
        return body;
    }
}
