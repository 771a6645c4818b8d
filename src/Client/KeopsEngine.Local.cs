using Distributed.Keops.Client.Local;

namespace Distributed.Keops.Client;

/// <summary>Where engines come from.</summary>
public abstract partial class KeopsEngine
{
    /// <summary>An engine in this process.</summary>
    /// <param name="threads">Threads for kernels; all of the machine's by default.</param>
    public static KeopsEngine CreateLocal(int? threads = null)
    {
        if (threads is < 1) throw new ArgumentOutOfRangeException(nameof(threads), threads, "An engine needs at least one thread.");
        return new LocalEngine(threads ?? Environment.ProcessorCount, gpu: null);
    }

    /// <summary>An engine in this process that computes on a GPU whatever does not ask for the CPU.</summary>
    /// <param name="device">The GPU's number, from 0.</param>
    /// <exception cref="Kernels.KeopsException">There is no such device, no CUDA driver or no NVRTC; the error says which and what to do.</exception>
    public static KeopsEngine CreateCuda(int device = 0)
    {
        var engine = new LocalEngine(Environment.ProcessorCount, device);
        engine.OpenGpu(device);
        return engine;
    }
}
