
namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>Device memory that belongs to the order of a stream. Dispose it before the stream.</summary>
public sealed class DeviceBuffer : IDisposable
{
    readonly MemoryHandle _handle;

    DeviceBuffer(MemoryHandle handle, long bytes) => (_handle, Bytes) = (handle, bytes);

    /// <summary>The size.</summary>
    public long Bytes { get; }

    /// <summary>The device's address of the first byte.</summary>
    public ulong Address
    {
        get
        {
            ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
            return (ulong)_handle.DangerousGetHandle();
        }
    }

    internal static DeviceBuffer Allocate(CudaContext context, CudaStream stream, long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        CudaException.Check(CudaNative.cuMemAllocAsync(out var address, (nuint)bytes, stream.Value));
        return new DeviceBuffer(new MemoryHandle(context, stream, (nint)address), bytes);
    }

    /// <summary>The address of a run of bytes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">They do not lie within the buffer.</exception>
    internal ulong At(long offset, long bytes)
    {
        if (offset < 0 || bytes < 0 || offset > Bytes - bytes)
            throw new ArgumentOutOfRangeException(
                nameof(offset), $"Bytes [{offset}, {offset + bytes}) were asked of a device buffer of {Bytes}.");
        return Address + (ulong)offset;
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    sealed class MemoryHandle(CudaContext context, CudaStream stream, nint address) : ContextHandle(context, address)
    {
        protected override int Release(nint value) => CudaNative.cuMemFreeAsync((ulong)value, stream.Value);
    }
}
