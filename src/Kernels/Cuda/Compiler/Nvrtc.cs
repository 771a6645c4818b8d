using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Distributed.Keops.Kernels.Cuda.Driver;

namespace Distributed.Keops.Kernels.Cuda.Compiler;

/// <summary>NVIDIA's run-time compiler of CUDA C++. Needs no device. Safe for several threads.</summary>
public sealed unsafe class Nvrtc
{
    /// <summary>
    /// What every compilation gets. Products and sums are contracted by our own programs, where it is stated, and never by the compiler.
    /// </summary>
    public static readonly ImmutableArray<string> Options = ["--std=c++17", "-default-device", "-fmad=false"];

    Nvrtc(string version, ImmutableArray<int> architectures) => (Version, Architectures) = (version, architectures);

    /// <summary>Its version, as <c>12.4</c>.</summary>
    public string Version { get; }

    /// <summary>The architectures that it knows, ascending: 90 for sm_90.</summary>
    public ImmutableArray<int> Architectures { get; }

    /// <summary>Finds NVRTC; null, and why, when there is none.</summary>
    public static Nvrtc? Find(out string? reason)
    {
        reason = null;
        if (!NativeLibraries.HasNvrtc)
        {
            reason = $"there is no NVRTC: {NativeLibraries.SearchedFor(NativeLibraries.NvrtcVariable, "libnvrtc.so")}.";
            return null;
        }

        Check(NvrtcNative.nvrtcVersion(out var major, out var minor), "nvrtcVersion");
        Check(NvrtcNative.nvrtcGetNumSupportedArchs(out var count), "nvrtcGetNumSupportedArchs");
        var architectures = new int[count];
        fixed (int* first = architectures) Check(NvrtcNative.nvrtcGetSupportedArchs(first), "nvrtcGetSupportedArchs");
        return new Nvrtc($"{major}.{minor}", [.. architectures.Order()]);
    }

    /// <summary>Finds NVRTC.</summary>
    /// <exception cref="KeopsException">There is none.</exception>
    public static Nvrtc Load() => Find(out var reason) ?? throw new KeopsException(
        $"Kernels for a GPU can't be compiled, since {reason} It comes with the CUDA toolkit and with PyTorch.");

    /// <summary>Compiles a source: to a cubin where the architecture is known, else to PTX of the highest one below it.</summary>
    /// <param name="source">CUDA C++.</param>
    /// <param name="architecture">The device's, as <c>sm_90</c>.</param>
    /// <exception cref="KeopsException">The source is wrong, which is a fault of whoever generated it, or the architecture too old.</exception>
    public CudaImage Compile(string source, string architecture)
    {
        var wanted = int.Parse(architecture.AsSpan("sm_".Length), CultureInfo.InvariantCulture);
        var isKnown = Architectures.Contains(wanted);
        var chosen = isKnown ? wanted : Architectures.LastOrDefault(a => a < wanted);
        if (chosen == 0)
            throw new KeopsException($"NVRTC {Version} compiles for sm_{Architectures[0]} and above, not for {architecture}: use an older one.");
        var target = isKnown ? architecture : $"compute_{chosen}";
        Check(NvrtcNative.nvrtcCreateProgram(out var program, source, "reduction.cu", 0, null, null), "nvrtcCreateProgram");
        try
        {
            var result = Run(program, [.. Options, $"--gpu-architecture={target}"]);
            var log = Log(program);
            if (result != 0) throw Failure(result, log, source);
            return new CudaImage(isKnown ? Cubin(program) : Ptx(program), target, log);
        }
        finally
        {
            NvrtcNative.nvrtcDestroyProgram(ref program);
        }
    }

    static int Run(nint program, IReadOnlyList<string> options)
    {
        var texts = options.Select(Marshal.StringToCoTaskMemUTF8).ToArray();
        try
        {
            fixed (nint* first = texts) return NvrtcNative.nvrtcCompileProgram(program, texts.Length, (byte**)first);
        }
        finally
        {
            foreach (var text in texts) Marshal.FreeCoTaskMem(text);
        }
    }

    static string Log(nint program)
    {
        if (NvrtcNative.nvrtcGetProgramLogSize(program, out var bytes) != 0 || bytes <= 1) return "";
        var log = new byte[bytes];
        fixed (byte* first = log) Check(NvrtcNative.nvrtcGetProgramLog(program, first), "nvrtcGetProgramLog");
        return Encoding.UTF8.GetString(log).TrimEnd('\0', '\n');
    }

    static byte[] Cubin(nint program)
    {
        Check(NvrtcNative.nvrtcGetCUBINSize(program, out var bytes), "nvrtcGetCUBINSize");
        var image = new byte[bytes];
        fixed (byte* first = image) Check(NvrtcNative.nvrtcGetCUBIN(program, first), "nvrtcGetCUBIN");
        return image;
    }

    static byte[] Ptx(nint program)
    {
        Check(NvrtcNative.nvrtcGetPTXSize(program, out var bytes), "nvrtcGetPTXSize");
        var image = new byte[bytes];
        fixed (byte* first = image) Check(NvrtcNative.nvrtcGetPTX(program, first), "nvrtcGetPTX");
        return image;
    }

    static KeopsException Failure(int result, string log, string source)
    {
        const int Shown = 12;
        var text = new StringBuilder(
            $"NVRTC refused a generated kernel ({ErrorText(result)}). This is a fault of Distributed.Keops; please report the formula and this text:");
        var lines = log.Split('\n');
        foreach (var line in lines.Take(Shown)) text.Append('\n').Append(line);
        // The compiler names lines of a text that nobody has: the first of them is shown.
        if (lines.Select(l => l.Split('(', ')')).FirstOrDefault(p => p.Length > 1 && int.TryParse(p[1], out _)) is { } parts)
        {
            var number = int.Parse(parts[1], CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"\nline {number}: {source.Split('\n').ElementAtOrDefault(number - 1)?.Trim()}");
        }

        return new KeopsException(text.ToString());
    }

    static void Check(int result, string call)
    {
        if (result != 0) throw new KeopsException($"{call} failed: {ErrorText(result)} ({result}).");
    }

    static string ErrorText(int result) => Marshal.PtrToStringUTF8(NvrtcNative.nvrtcGetErrorString(result)) ?? "unknown error";
}
