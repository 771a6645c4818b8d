using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Distributed.Keops.Cluster.Tests.Services;

/// <summary>A process that ends with the test, at the latest with the test's own process. What it prints is kept for messages.</summary>
sealed class OwnedProcess : IDisposable
{
    const int LinesShown = 30;

    static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    readonly string _name;
    readonly Process _process;
    readonly ConcurrentQueue<string> _lines = new();
    readonly EventHandler _atExit;

    /// <param name="name">What messages call it.</param>
    /// <param name="program">Its path.</param>
    /// <param name="arguments">Its words.</param>
    /// <param name="folder">Where it runs.</param>
    public OwnedProcess(string name, string program, IEnumerable<string> arguments, string? folder = null)
    {
        _name = name;
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Keep(line.Data);
        _process.ErrorDataReceived += (_, line) => Keep(line.Data);
        _atExit = (_, _) => Kill();
        AppDomain.CurrentDomain.ProcessExit += _atExit;
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public bool HasExited => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last it printed, on both sides.</summary>
    public string Log => $"{_name}{(HasExited ? $" (exit code {ExitCode})" : "")}:\n  "
        + string.Join("\n  ", _lines.TakeLast(LinesShown));

    /// <summary>Whether it printed such a line.</summary>
    public bool Printed(string start) => _lines.Any(l => l.StartsWith(start, StringComparison.Ordinal));

    /// <summary>Waits for a condition of this process; its end or a minute without it is an error that shows the log.</summary>
    public async Task AwaitAsync(string what, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            if (HasExited || clock.Elapsed > Patience)
                throw new InvalidOperationException($"Not {what} after {clock.Elapsed.TotalSeconds:0} s. {Log}");
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }

    /// <summary>Sends a signal such as <c>STOP</c>.</summary>
    public void Signal(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", _process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    /// <summary>SIGKILL; returns when it is gone.</summary>
    public void Kill()
    {
        if (_process.HasExited) return;
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit((int)Patience.TotalMilliseconds);
    }

    /// <summary>Waits for its end.</summary>
    public async Task<int> EndAsync()
    {
        await _process.WaitForExitAsync(TestContext.Current.CancellationToken).WaitAsync(Patience);
        return ExitCode;
    }

    public void Dispose()
    {
        AppDomain.CurrentDomain.ProcessExit -= _atExit;
        Kill();
        _process.Dispose();
    }

    void Keep(string? line)
    {
        if (line is not null) _lines.Enqueue(line);
    }
}
