namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// The same part of a plan gave different bits on equal engines: a fault of the machine or of this library, never to be merged away.
/// </summary>
public sealed class NondeterministicTaskException(PlanTask slot, SlotFill first, SlotFill second) : KeopsException(
    $"Batch {slot.Batch}, i-blocks [{slot.FirstBlock}, {slot.FirstBlock + slot.Blocks}), node {slot.Node} gave the checksum "
    + $"{first.Checksum:x16} and then {second.Checksum:x16} on the same engine {first.EngineId}.");
