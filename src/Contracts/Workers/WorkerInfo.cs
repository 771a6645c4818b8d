namespace Distributed.Keops.Contracts;

/// <summary>Who a worker is and what it can do.</summary>
/// <param name="Silo">Its silo's name.</param>
/// <param name="Incarnation">Its process: another one after every start.</param>
/// <param name="EngineId">What decides the bits of its results.</param>
/// <param name="Contract">The contract it works by.</param>
/// <param name="Lanes">Devices: tasks that run at once.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="PairsPerSecond">How fast it has been lately, or a guess.</param>
/// <param name="TaskBytes">How much of output rows and their states a task may hold there.</param>
[GenerateSerializer, Immutable, Alias("keops.WorkerInfo")]
public sealed record WorkerInfo(
    [property: Id(0)] string Silo,
    [property: Id(1)] Guid Incarnation,
    [property: Id(2)] string EngineId,
    [property: Id(3)] int Contract,
    [property: Id(4)] int Lanes,
    [property: Id(5)] int Threads,
    [property: Id(6)] double PairsPerSecond,
    [property: Id(7)] long TaskBytes)
{
    /// <summary>Whether it takes no more work, because its silo is stopping; it still gives away what it holds.</summary>
    [Id(8)]
    public bool IsStopping { get; init; }
}
