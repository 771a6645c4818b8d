using Distributed.Keops.Cluster.Tests.Services;

namespace Distributed.Keops.Cluster.Tests;

/// <summary><c>keops silo</c> as a process of its own. It can be started again after its end, under the same name and ports.</summary>
sealed class SiloProcess(string name, string lake, int threads, IEnumerable<string> settings) : IDisposable
{
    readonly int[] _ports = Ports.Free(2);
    OwnedProcess? _process;

    public string Name => name;

    public int SiloPort => _ports[0];

    public string Gateway => $"127.0.0.1:{_ports[1]}";

    public bool IsRunning => _process is { HasExited: false };

    public string Log => _process?.Log ?? $"{name}: never started";

    /// <summary>Starts it; it is not ready yet.</summary>
    public void Start()
    {
        _process?.Dispose();
        string[] words =
        [
            "exec", Path.Combine(AppContext.BaseDirectory, "keops.dll"), "silo", "--lake", lake, $"--Orleans:Name={name}",
            $"--Orleans:Endpoints:SiloPort={_ports[0]}", $"--Orleans:Endpoints:GatewayPort={_ports[1]}", $"--Keops:Threads={threads}",
            .. settings,
        ];
        _process = new OwnedProcess(name, "dotnet", words);
    }

    /// <summary>Waits until it has joined.</summary>
    public Task ReadyAsync() => _process!.AwaitAsync("ready", () => Task.FromResult(_process.Printed("ready: ")));

    /// <summary>SIGKILL: it says goodbye to nobody.</summary>
    public void Kill() => _process!.Kill();

    /// <summary>SIGSTOP: it hangs.</summary>
    public void Stop() => _process!.Signal("STOP");

    /// <summary>SIGCONT: it goes on as if nothing had been.</summary>
    public void Continue() => _process!.Signal("CONT");

    /// <summary>SIGTERM: it leaves in good order.</summary>
    public void Terminate() => _process!.Signal("TERM");

    /// <summary>Waits for its end.</summary>
    public Task<int> EndAsync() => _process!.EndAsync();

    public void Dispose() => _process?.Dispose();
}
