namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>A mark in the work of a stream, which the host and other streams can wait for.</summary>
public sealed class CudaEvent : IDisposable
{
    const uint WithoutTiming = 2;

    readonly EventHandle _handle;

    CudaEvent(EventHandle handle) => _handle = handle;

    internal nint Value => _handle.Bound;

    internal static CudaEvent Create(CudaContext context, bool timing)
    {
        context.Bind();
        CudaException.Check(CudaNative.cuEventCreate(out var created, timing ? 0 : WithoutTiming));
        return new CudaEvent(new EventHandle(context, created));
    }

    /// <summary>Waits until the device has come to the mark; at once when it was never set.</summary>
    public void Synchronize() => CudaException.Check(CudaNative.cuEventSynchronize(Value));

    /// <summary>The time from another mark to this one; both were made with timing, and the device has come to both.</summary>
    public TimeSpan Since(CudaEvent start)
    {
        CudaException.Check(CudaNative.cuEventElapsedTime(out var milliseconds, start.Value, Value));
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    sealed class EventHandle(CudaContext context, nint value) : ContextHandle(context, value)
    {
        protected override int Release(nint value) => CudaNative.cuEventDestroy_v2(value);
    }
}
