using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Memory outside the garbage-collected heap, aligned to a cache line, owned by this object.</summary>
sealed unsafe class AlignedBuffer : SafeHandle
{
    /// <summary>Takes <paramref name="bytes"/> of memory, not cleared.</summary>
    public AlignedBuffer(nint bytes) : base(0, ownsHandle: true)
    {
        Bytes = bytes;
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Math.Max(64, bytes), 64));
    }

    /// <summary>The size in bytes.</summary>
    public nint Bytes { get; }

    /// <summary>The first byte; valid while this object is referenced.</summary>
    public byte* Pointer => (byte*)handle;

    /// <inheritdoc/>
    public override bool IsInvalid => handle == 0;

    /// <inheritdoc/>
    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
