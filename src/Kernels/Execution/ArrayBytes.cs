using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>A run of the elements of an array of any rank as bytes, in row-major order, without a copy.</summary>
internal sealed class ArrayBytes<T>(Array array, long firstElement, int elements) : MemoryManager<byte> where T : unmanaged
{
    public override Span<byte> GetSpan()
    {
        ref var start = ref Unsafe.As<byte, T>(ref MemoryMarshal.GetArrayDataReference(array));
        return MemoryMarshal.AsBytes(MemoryMarshal.CreateSpan(ref Unsafe.Add(ref start, (nint)firstElement), elements));
    }

    public override unsafe MemoryHandle Pin(int elementIndex = 0)
    {
        var handle = GCHandle.Alloc(array, GCHandleType.Pinned);
        return new MemoryHandle((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(GetSpan())) + elementIndex, handle);
    }

    public override void Unpin() { }

    protected override void Dispose(bool disposing) { }
}
