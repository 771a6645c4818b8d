using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Contracts;

/// <summary>A worker's answer, which fills a slot: a state, or for the root of the leaves the results themselves.</summary>
/// <param name="Slot">What was computed.</param>
/// <param name="EngineId">By what; only receipts of equal engines are compared.</param>
/// <param name="Block">The state or the results; the ticket's hash is the checksum.</param>
/// <param name="Rows">Output rows.</param>
/// <param name="Pairs">Pairs computed for it.</param>
/// <param name="Elapsed">Time on the lane.</param>
[GenerateSerializer, Immutable, Alias("keops.TaskReceipt")]
public sealed record TaskReceipt(
    [property: Id(0)] PlanTask Slot,
    [property: Id(1)] string EngineId,
    [property: Id(2)] BlockReference Block,
    [property: Id(3)] int Rows,
    [property: Id(4)] double Pairs,
    [property: Id(5)] TimeSpan Elapsed)
{
    /// <summary>XxHash64 of the bytes.</summary>
    public ulong Checksum => Block.Ticket.Hash;
}
