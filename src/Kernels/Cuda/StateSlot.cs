using Distributed.Keops.Kernels.Cuda.Driver;

namespace Distributed.Keops.Kernels.Cuda;

/// <summary>The states of a task's rows over some leaves, in device memory.</summary>
/// <param name="Buffer">Where they stand; others may stand there too.</param>
/// <param name="Offset">The first byte.</param>
readonly record struct StateSlot(DeviceBuffer Buffer, long Offset)
{
    /// <summary>The address of the first byte.</summary>
    public ulong Address => Buffer.Address + (ulong)Offset;
}
