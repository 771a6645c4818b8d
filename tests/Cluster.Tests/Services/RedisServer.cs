using System.Globalization;
using System.Net.Sockets;

namespace Distributed.Keops.Cluster.Tests.Services;

/// <summary>A Redis server that writes down all it is told.</summary>
sealed class RedisServer : IStore
{
    readonly string _program = Programs.Require("redis-server", "redis-server");
    readonly TempFolder _folder = new();
    readonly int _port = Ports.Free(1)[0];
    OwnedProcess? _process;

    public IEnumerable<string> Settings =>
        ["--Orleans:Clustering:ProviderType=Redis", $"--Orleans:Clustering:ConnectionString=127.0.0.1:{_port}"];

    public async Task StartAsync()
    {
        _process?.Dispose();
        _process = new OwnedProcess("redis", _program,
            [
                "--port", _port.ToString(CultureInfo.InvariantCulture), "--bind", "127.0.0.1", "--dir", _folder.Path,
                "--appendonly", "yes", "--save", "",
            ]);
        await _process.AwaitAsync("answering", AnswersAsync);
    }

    public void Kill() => _process!.Kill();

    public void Dispose()
    {
        _process?.Dispose();
        _folder.Dispose();
    }

    async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync("127.0.0.1", _port);
            var stream = client.GetStream();
            await stream.WriteAsync("PING\r\n"u8.ToArray());
            var answer = new byte[5];
            await stream.ReadExactlyAsync(answer);
            return answer.AsSpan().SequenceEqual("+PONG"u8);
        }
        catch (Exception error) when (error is SocketException or IOException)
        {
            return false;
        }
    }
}
