using System.Reflection;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>
/// Finds the CUDA driver and NVRTC when they are first called: where an environment variable says, else where systems keep them. One
/// resolver for the assembly, as the runtime wants it.
/// </summary>
static class NativeLibraries
{
    /// <summary>The name under which the driver's functions are imported.</summary>
    public const string Driver = "keops-cuda-driver";

    /// <summary>The name under which NVRTC's functions are imported.</summary>
    public const string Nvrtc = "keops-nvrtc";

    /// <summary>The variable that names the driver's file.</summary>
    public const string DriverVariable = "KEOPS_CUDA_DRIVER";

    /// <summary>The variable that names NVRTC's file.</summary>
    public const string NvrtcVariable = "KEOPS_NVRTC";

    static readonly Lazy<nint> DriverHandle = new(() => Load(DriverVariable, DriverNames()));
    static readonly Lazy<nint> NvrtcHandle = new(() => Load(NvrtcVariable, NvrtcNames()));

    static NativeLibraries() => NativeLibrary.SetDllImportResolver(typeof(NativeLibraries).Assembly, Resolve);

    /// <summary>Whether the driver's library is here.</summary>
    public static bool HasDriver => DriverHandle.Value != 0;

    /// <summary>Whether NVRTC is here.</summary>
    public static bool HasNvrtc => NvrtcHandle.Value != 0;

    /// <summary>Where a library was looked for, for errors.</summary>
    public static string SearchedFor(string variable, string name) =>
        Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? $"{variable} names '{path}', which can't be loaded"
            : $"{name} was not found (set {variable} to its path)";

    static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name switch
    {
        Driver => DriverHandle.Value,
        Nvrtc => NvrtcHandle.Value,
        _ => 0,
    };

    static nint Load(string variable, IEnumerable<string> names)
    {
        // Who names a file means this file.
        if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } given) names = [given];
        foreach (var name in names)
        {
            if (TryLoad(name) is var handle and not 0) return handle;
        }

        return 0;
    }

    static nint TryLoad(string name)
    {
        // NVRTC opens its built-in headers' library by name: found only if it is loaded already, or on the system's search path.
        if (Path.GetDirectoryName(name) is { Length: > 0 } folder && Directory.Exists(folder))
        {
            foreach (var builtins in Directory.EnumerateFiles(folder, "libnvrtc-builtins.so*")) NativeLibrary.TryLoad(builtins, out _);
        }

        return NativeLibrary.TryLoad(name, out var handle) ? handle : 0;
    }

    static IEnumerable<string> DriverNames() => OperatingSystem.IsWindows()
        ? ["nvcuda.dll"]
        : ["libcuda.so.1", "libcuda.so", "/usr/local/nvidia/lib64/libcuda.so.1", "/usr/lib/wsl/lib/libcuda.so.1"];

    static IEnumerable<string> NvrtcNames()
    {
        string[] names = OperatingSystem.IsWindows()
            ? ["nvrtc64_130_0.dll", "nvrtc64_120_0.dll", "nvrtc64_112_0.dll"]
            : ["libnvrtc.so.13", "libnvrtc.so.12", "libnvrtc.so.11.2", "libnvrtc.so"];
        foreach (var name in names) yield return name;
        foreach (var folder in NvrtcFolders().Where(Directory.Exists))
        {
            foreach (var name in names.Select(n => Path.Combine(folder, n)).Where(File.Exists)) yield return name;
        }
    }

    static IEnumerable<string> NvrtcFolders()
    {
        foreach (var variable in new[] { "CUDA_HOME", "CUDA_PATH" })
        {
            if (Environment.GetEnvironmentVariable(variable) is { Length: > 0 } home)
            {
                yield return Path.Combine(home, "lib64");
                yield return Path.Combine(home, "bin");
            }
        }

        yield return "/usr/local/cuda/lib64";
        yield return "/usr/local/cuda/targets/x86_64-linux/lib";
    }
}
