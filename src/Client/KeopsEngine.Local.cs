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
        return new LocalEngine(threads ?? Environment.ProcessorCount);
    }
}
