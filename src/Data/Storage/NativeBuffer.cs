using System.Runtime.InteropServices;

namespace Distributed.Keops.Data;

/// <summary>
/// Native memory, 64-byte aligned: decoded row groups are large and short-lived, and native memory returns to the system at
/// once. Indexed by <see cref="nint"/>, since one row group may exceed what a span can hold.
/// </summary>
internal sealed unsafe class NativeBuffer : SafeHandle
{
    public NativeBuffer(long bytes) : base(0, ownsHandle: true)
    {
        Capacity = Math.Max(bytes, 64);
        SetHandle((nint)NativeMemory.AlignedAlloc((nuint)Capacity, 64));
    }

    public long Capacity { get; }

    public byte* Pointer => (byte*)handle;

    public override bool IsInvalid => handle == 0;

    public ReadOnlySpan<byte> Slice(long offset, int bytes) => new(Pointer + offset, bytes);

    protected override bool ReleaseHandle()
    {
        NativeMemory.AlignedFree((void*)handle);
        return true;
    }
}
