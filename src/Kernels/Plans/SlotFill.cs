namespace Distributed.Keops.Kernels.Plans;

/// <summary>What stands in a slot.</summary>
/// <param name="EngineId">What computed it.</param>
/// <param name="Checksum">Of its bytes.</param>
/// <param name="Holder">The only one who has the bytes; null when they can't be lost.</param>
public record SlotFill(string EngineId, ulong Checksum, string? Holder);
