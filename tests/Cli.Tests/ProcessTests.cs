using System.Diagnostics;

namespace Distributed.Keops.Cli.Tests;

/// <summary>The executable itself: exit codes and signals as a shell sees them.</summary>
public sealed class ProcessTests : IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    static Process Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "keops.dll"));
        foreach (var arg in args) start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    [Fact]
    public async Task Done_is_0_and_bad_usage_is_2()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, Cloud.Random(20, 1));
        using var done = Start("reduce", "x*y", "--vi", $"x={x}", "--vj", $"y={x}", "--json");
        var output = await done.StandardOutput.ReadToEndAsync(Token);
        await done.WaitForExitAsync(Token);
        Assert.Equal(0, done.ExitCode);
        Assert.Contains("\"rows\":20", output, StringComparison.Ordinal);

        using var bad = Start("reduce", "Exp(x", "--vi", $"x={x}");
        var error = await bad.StandardError.ReadToEndAsync(Token);
        await bad.WaitForExitAsync(Token);
        Assert.Equal(2, bad.ExitCode);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signal_cancels()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, Cloud.Random(150_000, 1));
        using var job = Start("reduce", "Exp(-SqDist(x,y))", "--vi", $"x={x}", "--vj", $"y={x}", "--dtype", "float64", "--threads", "1",
            "--out", _folder["out.parquet"]);
        await job.StandardError.ReadLineAsync(Token);
        // Twice, as timeout does it: to the process, and to its group.
        using var signal = Process.Start("kill", ["-TERM", job.Id.ToString()]);
        using var again = Process.Start("kill", ["-TERM", job.Id.ToString()]);
        await job.WaitForExitAsync(Token);
        Assert.Equal(130, job.ExitCode);
        Assert.Equal(["x.parquet"], _folder.Names);
    }
}
