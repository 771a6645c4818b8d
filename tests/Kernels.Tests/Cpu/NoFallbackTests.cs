using System.Diagnostics;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>The JIT optimises every kernel: past its limits it would silently give code ten times slower.</summary>
public class NoFallbackTests
{
    [Fact]
    public async Task No_kernel_is_left_unoptimised()
    {
        var summary = Path.GetTempFileName();
        try
        {
            var (kernels, code) = await RunZooAsync(summary);
            Assert.Equal(0, code);
            Assert.DoesNotContain(kernels, line => line.StartsWith("refused", StringComparison.Ordinal));
            var compiled = await File.ReadAllLinesAsync(summary, TestContext.Current.CancellationToken);
            // The control: a method that is too large is said to be.
            Assert.Contains(compiled, line => line.Contains("control_too_large", StringComparison.Ordinal)
                && !line.Contains("FullOpts", StringComparison.Ordinal));
            var keops = compiled.Where(line => line.Contains("keops_", StringComparison.Ordinal)).ToArray();
            Assert.True(keops.Length >= 3 * kernels.Count,
                $"{keops.Length} methods of {kernels.Count} kernels: expected a loop over pairs, a merge and results of each.");
            Assert.All(keops, line => Assert.Contains("[FullOpts", line, StringComparison.Ordinal));
        }
        finally
        {
            File.Delete(summary);
        }
    }

    static async Task<(List<string> Kernels, int ExitCode)> RunZooAsync(string summary)
    {
        var start = new ProcessStartInfo(
            Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_JitStdOutFile"] = summary, ["DOTNET_JitDisasmSummary"] = "1" },
        };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Distributed.Keops.KernelZoo.dll"));
        foreach (var width in Widths.Here.Reverse()) start.ArgumentList.Add($"{width}");
        using var process = Process.Start(start)!;
        var kernels = new List<string>();
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line) kernels.Add(line);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (kernels, process.ExitCode);
    }
}
