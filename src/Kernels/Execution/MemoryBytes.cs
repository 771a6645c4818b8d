using System.Buffers;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The bytes of a memory of values, without a copy: what lets a float array serve where rows are bytes.</summary>
internal sealed class MemoryBytes<T>(ReadOnlyMemory<T> values) : MemoryManager<byte> where T : unmanaged
{
    public override Span<byte> GetSpan() => MemoryMarshal.AsBytes(MemoryMarshal.AsMemory(values).Span);

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = values.Pin();
        return new MemoryHandle((byte*)handle.Pointer + elementIndex, pinnable: new Release(handle));
    }

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }

    /// <summary>Passes the unpinning of our handle on to the handle below it.</summary>
    sealed class Release(MemoryHandle below) : IPinnable
    {
        MemoryHandle _below = below;

        public MemoryHandle Pin(int elementIndex) => throw new NotSupportedException();

        void IPinnable.Unpin() => _below.Dispose();
    }
}
