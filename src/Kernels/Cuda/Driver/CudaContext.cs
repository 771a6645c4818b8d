using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cuda.Driver;

/// <summary>
/// A GPU's primary context. Everything made by it belongs to it and is disposed before it. Methods of it and of what it makes set it on
/// the calling thread first, so that they may come from any.
/// </summary>
public sealed class CudaContext : IDisposable
{
    const int ReleaseThreshold = 4;

    readonly Handle _handle;

    CudaContext(CudaDevice device, Handle handle) => (Device, _handle) = (device, handle);

    /// <summary>The GPU.</summary>
    public CudaDevice Device { get; }

    internal static unsafe CudaContext Retain(CudaDevice device)
    {
        CudaException.Check(CudaNative.cuDeviceGet(out var number, device.Ordinal));
        CudaException.Check(CudaNative.cuDevicePrimaryCtxRetain(out var context, number));
        var opened = new CudaContext(device, new Handle(context, number));
        // What is freed stays in the pool: the next task takes it again without asking the system.
        var keep = ulong.MaxValue;
        opened.Bind();
        CudaException.Check(CudaNative.cuDeviceGetDefaultMemPool(out var pool, number));
        CudaException.Check(CudaNative.cuMemPoolSetAttribute(pool, ReleaseThreshold, &keep));
        return opened;
    }

    /// <summary>Makes it the calling thread's context.</summary>
    /// <exception cref="ObjectDisposedException">It was disposed.</exception>
    public void Bind()
    {
        ObjectDisposedException.ThrowIf(_handle.IsClosed, this);
        CudaException.Check(CudaNative.cuCtxSetCurrent(_handle.DangerousGetHandle()));
    }

    /// <summary>A new stream: its work is done in order, beside that of other streams.</summary>
    public CudaStream CreateStream() => CudaStream.Create(this);

    /// <summary>A new event: a point in the work of a stream.</summary>
    /// <param name="timing">Whether times between events are asked for.</param>
    public CudaEvent CreateEvent(bool timing = false) => CudaEvent.Create(this, timing);

    /// <summary>Loads compiled kernels.</summary>
    /// <param name="image">A cubin, or PTX that ends with a zero byte.</param>
    public CudaModule Load(ReadOnlySpan<byte> image) => CudaModule.Load(this, image);

    /// <summary>Takes device memory from the pool, in the order of a stream: work queued there may use it. Disposing it gives it back in
    /// the same order.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="bytes">How much; at least 1.</param>
    public DeviceBuffer Allocate(CudaStream stream, long bytes) => DeviceBuffer.Allocate(this, stream, bytes);

    /// <summary>Takes host memory that the device copies from and to without the processor.</summary>
    public PinnedBuffer AllocatePinned(long bytes) => PinnedBuffer.Allocate(this, bytes);

    /// <summary>The device's memory in bytes: what is free, and all.</summary>
    public (long Free, long Total) Memory()
    {
        Bind();
        CudaException.Check(CudaNative.cuMemGetInfo_v2(out var free, out var total));
        return ((long)free, (long)total);
    }

    /// <inheritdoc/>
    public void Dispose() => _handle.Dispose();

    sealed class Handle : SafeHandle
    {
        readonly int _device;

        public Handle(nint context, int device) : base(0, ownsHandle: true)
        {
            _device = device;
            SetHandle(context);
        }

        public override bool IsInvalid => handle == 0;

        protected override bool ReleaseHandle() => CudaNative.cuDevicePrimaryCtxRelease_v2(_device) == 0;
    }
}
