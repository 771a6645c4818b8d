namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>Host memory that the device reaches without the processor.</summary>
public sealed unsafe class PinnedBuffer : IDisposable
{
    readonly PinnedHandle _handle;

    PinnedBuffer(PinnedHandle handle, long bytes) => (_handle, Bytes) = (handle, bytes);

    /// <summary>The size.</summary>
    public long Bytes { get; }

    /// <summary>The first byte; valid until this object is disposed.</summary>
    public byte* Pointer
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            return (byte*)_handle.DangerousGetHandle();
        }
    }

    internal static PinnedBuffer Allocate(CudaContext context, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        context.Bind();
        CudaException.Check(CudaNative.cuMemHostAlloc(out var memory, (nuint)bytes, 0));
        return new PinnedBuffer(new PinnedHandle(context, memory), bytes);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    sealed class PinnedHandle(CudaContext context, nint memory) : ContextHandle(context, memory)
    {
        protected override int Release(nint value) => CudaNative.cuMemFreeHost(value);
    }
}
