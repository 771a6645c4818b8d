using Distributed.Keops.Kernels.Cuda;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>A GPU and the one thread that gives it work, so that nobody else waits for it. Safe for several callers, who take turns.</summary>
/// <param name="device">The GPU's number, from 0.</param>
/// <exception cref="KeopsException">There is no such device, no driver or no compiler.</exception>
public sealed class CudaLane(int device = 0) : IDisposable
{
    readonly ComputeThreads _thread = new(1);

    /// <summary>The GPU.</summary>
    public CudaEngine Engine { get; } = CudaEngine.Open(device);

    /// <summary>Does a piece of work on the lane's thread.</summary>
    internal Task RunAsync(Action work, CancellationToken cancellationToken) => _thread.RunAsync(1, (_, _) => work(), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _thread.Dispose();
        Engine.Dispose();
    }
}
