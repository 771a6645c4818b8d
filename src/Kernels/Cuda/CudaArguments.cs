using Distributed.Keops.Kernels.Cuda.Driver;

namespace Distributed.Keops.Kernels.Cuda;

/// <summary>The one argument of every kernel: the fields of <c>Arguments</c> in the generated source, 8 bytes each.</summary>
sealed class CudaArguments(int sources)
{
    readonly ulong[] _fields = new ulong[sources + 13];

    /// <summary>The fields, in the order of the source.</summary>
    public ReadOnlySpan<ulong> Fields => _fields;

    public DeviceBuffer Parameters { set => _fields[sources] = value.Address; }

    public DeviceBuffer I { set => _fields[sources + 1] = value.Address; }

    public DeviceBuffer J { set => _fields[sources + 2] = value.Address; }

    public DeviceBuffer Items { set => _fields[sources + 3] = value.Address; }

    public DeviceBuffer Pieces { set => _fields[sources + 4] = value.Address; }

    public StateSlot State { set => _fields[sources + 5] = value.Address; }

    public StateSlot Other { set => _fields[sources + 6] = value.Address; }

    /// <summary>Rows of the kernel's grid.</summary>
    public long Rows { set => _fields[sources + 7] = (ulong)value; }

    /// <summary>From one component of i to the next.</summary>
    public long Stride { set => _fields[sources + 8] = (ulong)value; }

    /// <summary>The number, in its cloud, of the first reduced row at hand.</summary>
    public long Base { set => _fields[sources + 9] = (ulong)value; }

    /// <summary>8-byte words of a slot's states.</summary>
    public long Slot { set => _fields[sources + 10] = (ulong)value; }

    /// <summary>Slots to merge.</summary>
    public long Count { set => _fields[sources + 11] = (ulong)value; }

    /// <summary>Whether the first slot replaces what is there.</summary>
    public bool First { set => _fields[sources + 12] = value ? 1ul : 0; }

    /// <summary>Sets the rows of a variable.</summary>
    public void SetSource(int slot, DeviceBuffer rows) => _fields[slot] = rows.Address;
}
