using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Distributed.Keops.Cli.Tests;

/// <summary><c>keops silo</c> as a process of its own.</summary>
sealed class SiloProcess : IDisposable
{
    readonly Process _process;

    SiloProcess(Process process, int gatewayPort) => (_process, GatewayPort) = (process, gatewayPort);

    public int GatewayPort { get; }

    static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Starts it on free ports; it may not be ready yet.</summary>
    public static SiloProcess Start(params string[] args)
    {
        var ports = FreePorts();
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        string[] all =
        [
            "silo",
            $"--Orleans:Endpoints:SiloPort={ports[0]}",
            $"--Orleans:Endpoints:GatewayPort={ports[1]}",
            "--Keops:Threads=1",
            .. args,
        ];
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "keops.dll"));
        foreach (var arg in all) start.ArgumentList.Add(arg);
        return new SiloProcess(Process.Start(start)!, ports[1]);
    }

    /// <summary>The line that says that it is ready, or null when it ended before.</summary>
    public async Task<string?> ReadyAsync() => await _process.StandardOutput.ReadLineAsync(Token);

    /// <summary>Asks it to stop.</summary>
    public void Terminate()
    {
        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>Waits for its end.</summary>
    public async Task<Run> EndAsync()
    {
        var (output, error) = (_process.StandardOutput.ReadToEndAsync(Token), _process.StandardError.ReadToEndAsync(Token));
        await _process.WaitForExitAsync(Token);
        return new Run(_process.ExitCode, await output, await error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    static int[] FreePorts()
    {
        using var first = new TcpListener(IPAddress.Loopback, 0);
        using var second = new TcpListener(IPAddress.Loopback, 0);
        first.Start();
        second.Start();
        return [((IPEndPoint)first.LocalEndpoint).Port, ((IPEndPoint)second.LocalEndpoint).Port];
    }
}
