namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>
/// A queue of work on the device, done in order. Methods queue and return; errors of the work itself come from a later call. One thread's
/// at a time.
/// </summary>
public sealed unsafe class CudaStream : IDisposable
{
    const uint NonBlocking = 1;

    readonly StreamHandle _handle;

    CudaStream(StreamHandle handle) => _handle = handle;

    internal nint Value => _handle.Bound;

    internal static CudaStream Create(CudaContext context)
    {
        context.Bind();
        CudaException.Check(CudaNative.cuStreamCreate(out var stream, NonBlocking));
        return new CudaStream(new StreamHandle(context, stream));
    }

    /// <summary>Copies to the device. Pageable memory may be changed when this returns; pinned memory, when the copy is done.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie within the buffer.</exception>
    public void Upload(DeviceBuffer to, long offset, void* from, long bytes) =>
        CudaException.Check(CudaNative.cuMemcpyHtoDAsync_v2(to.At(offset, bytes), from, (nuint)bytes, Value));

    /// <summary>Copies from the device; the memory holds the bytes when the copy is done.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie within the buffer.</exception>
    public void Download(void* to, DeviceBuffer from, long offset, long bytes) =>
        CudaException.Check(CudaNative.cuMemcpyDtoHAsync_v2(to, from.At(offset, bytes), (nuint)bytes, Value));

    /// <summary>Copies within the device.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bytes do not lie within a buffer.</exception>
    public void Copy(DeviceBuffer to, long toOffset, DeviceBuffer from, long fromOffset, long bytes) => CudaException.Check(
        CudaNative.cuMemcpyDtoDAsync_v2(to.At(toOffset, bytes), from.At(fromOffset, bytes), (nuint)bytes, Value));

    /// <summary>Marks this point.</summary>
    public void Record(CudaEvent mark) => CudaException.Check(CudaNative.cuEventRecord(mark.Value, Value));

    /// <summary>Lets what is queued from now on wait for a mark in another stream's work.</summary>
    public void Wait(CudaEvent mark) => CudaException.Check(CudaNative.cuStreamWaitEvent(Value, mark.Value, 0));

    /// <summary>Waits until everything queued is done.</summary>
    public void Synchronize() => CudaException.Check(CudaNative.cuStreamSynchronize(Value));

    /// <summary>Queues a kernel of one parameter.</summary>
    /// <param name="function">The kernel.</param>
    /// <param name="blocks">Blocks of the grid, which has one dimension.</param>
    /// <param name="threads">Threads of a block.</param>
    /// <param name="argument">The parameter; it is copied before this returns.</param>
    public void Launch(CudaFunction function, uint blocks, uint threads, void* argument)
    {
        var arguments = stackalloc void*[] { argument };
        CudaException.Check(
            CudaNative.cuLaunchKernel(function.Value, blocks, 1, 1, threads, 1, 1, 0, Value, arguments, null));
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    sealed class StreamHandle(CudaContext context, nint stream) : ContextHandle(context, stream)
    {
        protected override int Release(nint value) => CudaNative.cuStreamDestroy_v2(value);
    }
}
