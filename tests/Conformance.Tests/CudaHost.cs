using System.Diagnostics;
using System.Runtime.CompilerServices;
using Xunit;

namespace Distributed.Keops.Conformance.Tests;

/// <summary>
/// The CUDA engine without a GPU: stand-ins for the driver and for NVRTC run the very text of the kernels on the processor. Built by g++
/// once for a run of the tests.
/// </summary>
static class CudaHost
{
    static readonly Lazy<string?> Problem = new(Build);

    /// <summary>Makes them this process's driver and compiler, before any test can look for others: that is done once a process.</summary>
    [ModuleInitializer]
    internal static void Prepare() => _ = Problem.Value;

    /// <summary>Fails or skips a test where they could not be built.</summary>
    public static void Require()
    {
        if (Problem.Value is not { } problem) return;
        if (Environment.GetEnvironmentVariable("CI") == "true") Assert.Fail(problem);
        Assert.Skip(problem);
    }

    static string? Build()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "cuda-host");
        var library = Path.Combine(folder, "libkeops_host.so");
        string[] words = ["-std=c++17", "-O2", "-Wall", "-Werror", "-fPIC", "-shared", "-o", library, .. Directory.GetFiles(folder, "*.cpp"), "-ldl", "-lpthread"];
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("g++", words) { RedirectStandardError = true })!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            if (compiler.ExitCode != 0) return $"The host emulation of CUDA can't be built: {errors}";
        }
        catch (System.ComponentModel.Win32Exception error)
        {
            return $"The host emulation of CUDA needs g++: {error.Message}";
        }

        Environment.SetEnvironmentVariable("KEOPS_CUDA_DRIVER", library);
        Environment.SetEnvironmentVariable("KEOPS_NVRTC", library);
        Environment.SetEnvironmentVariable("KEOPS_KERNEL_CACHE", Path.Combine(folder, "kernels"));
        return null;
    }
}
