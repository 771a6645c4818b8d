using System.Collections.Immutable;
using System.Text;

namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>The GPUs of this machine, or why there are none.</summary>
/// <param name="Devices">The GPUs, by number.</param>
/// <param name="DriverVersion">The CUDA version of the driver, as <c>13.0</c>; null without one.</param>
/// <param name="Reason">Why there are none, as the end of a sentence; null when there are some.</param>
public sealed record CudaInventory(ImmutableArray<CudaDevice> Devices, string? DriverVersion, string? Reason)
{
    static readonly Lazy<CudaInventory> Here = new(Probe);

    /// <summary>Looks once a process; a machine without GPUs is no error.</summary>
    public static CudaInventory Find() => Here.Value;

    static CudaInventory Probe()
    {
        if (!NativeLibraries.HasDriver)
            return None(null, $"there is no CUDA driver: {NativeLibraries.SearchedFor(NativeLibraries.DriverVariable, "libcuda.so.1")}.");
        try
        {
            var result = CudaNative.cuInit(0);
            if (result != 0) return None(null, $"the CUDA driver does not start: {CudaException.Name(result)} ({result}).");
            CudaException.Check(CudaNative.cuDriverGetVersion(out var version));
            var driver = $"{version / 1000}.{version % 1000 / 10}";
            CudaException.Check(CudaNative.cuDeviceGetCount(out var count));
            return count == 0
                ? None(driver, "the CUDA driver knows no device.")
                : new([.. Enumerable.Range(0, count).Select(CudaDevice.Read)], driver, null);
        }
        catch (Exception error) when (error is CudaException or EntryPointNotFoundException or BadImageFormatException)
        {
            return None(null, $"the CUDA driver can't be used: {error.Message}");
        }
    }

    static CudaInventory None(string? driver, string reason) => new([], driver, reason);
}

/// <summary>A GPU.</summary>
/// <param name="Ordinal">Its number, from 0.</param>
/// <param name="Name">What its maker calls it.</param>
/// <param name="Major">Its compute capability: before the point.</param>
/// <param name="Minor">After the point.</param>
/// <param name="Multiprocessors">Its multiprocessors.</param>
/// <param name="Memory">Its memory in bytes.</param>
public sealed record CudaDevice(int Ordinal, string Name, int Major, int Minor, int Multiprocessors, long Memory)
{
    const int MultiprocessorCount = 16;
    const int CapabilityMajor = 75;
    const int CapabilityMinor = 76;

    /// <summary>The architecture that kernels are compiled for, as <c>sm_90</c>.</summary>
    public string Architecture => $"sm_{Major}{Minor}";

    /// <summary>Opens the device: its primary context, which other libraries of the process share.</summary>
    /// <exception cref="CudaException">The driver refuses.</exception>
    public CudaContext Open() => CudaContext.Retain(this);

    internal static unsafe CudaDevice Read(int ordinal)
    {
        CudaException.Check(CudaNative.cuDeviceGet(out var device, ordinal));
        var name = stackalloc byte[256];
        CudaException.Check(CudaNative.cuDeviceGetName(name, 256, device));
        CudaException.Check(CudaNative.cuDeviceTotalMem_v2(out var memory, device));
        var text = new ReadOnlySpan<byte>(name, 256);
        return new CudaDevice(
            ordinal, Encoding.UTF8.GetString(text[..text.IndexOf((byte)0)]), Attribute(CapabilityMajor), Attribute(CapabilityMinor),
            Attribute(MultiprocessorCount), (long)memory);

        int Attribute(int attribute)
        {
            CudaException.Check(CudaNative.cuDeviceGetAttribute(out var value, attribute, device));
            return value;
        }
    }
}
