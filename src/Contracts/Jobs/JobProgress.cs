using System.Collections.Immutable;

namespace Distributed.Keops.Contracts;

/// <summary>How far a job is.</summary>
/// <param name="Sequence">Ascending over the job's whole life, also when its coordinator is lost and another one goes on.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="PairsDone">Pairs that stand; fewer than before when some were lost with the silo that held them.</param>
/// <param name="Pairs">Pairs in all; 0 until they are known.</param>
/// <param name="Workers">Who works on it, or did.</param>
[GenerateSerializer, Immutable, Alias("keops.JobProgress")]
public sealed record JobProgress(
    [property: Id(0)] long Sequence,
    [property: Id(1)] JobPhase Phase,
    [property: Id(2)] double PairsDone,
    [property: Id(3)] double Pairs,
    [property: Id(4)] ImmutableArray<WorkerProgress> Workers)
{
    /// <summary>Pairs a second, lately; 0 until it is known.</summary>
    [Id(5)]
    public double PairsPerSecond { get; init; }

    /// <summary>How long the rest takes at that rate; null when that can't be told.</summary>
    [Id(6)]
    public TimeSpan? Remaining { get; init; }
}

/// <summary>What a worker has done for a job.</summary>
/// <param name="Silo">Its silo.</param>
/// <param name="TasksDone">Tasks and merges it has ended.</param>
/// <param name="Outstanding">Tasks and merges it has in hand.</param>
/// <param name="PairsDone">Pairs it has computed.</param>
[GenerateSerializer, Immutable, Alias("keops.WorkerProgress")]
public sealed record WorkerProgress(
    [property: Id(0)] string Silo, [property: Id(1)] int TasksDone, [property: Id(2)] int Outstanding, [property: Id(3)] double PairsDone)
{
    /// <summary>What decides the bits of its results.</summary>
    [Id(4)]
    public string EngineId { get; init; } = "";

    /// <summary>Pairs a second of all its lanes, lately.</summary>
    [Id(5)]
    public double PairsPerSecond { get; init; }

    /// <summary>Whether it takes part now.</summary>
    [Id(6)]
    public WorkerState State { get; init; }
}

/// <summary>What a worker is doing for a job.</summary>
public enum WorkerState
{
    /// <summary>It does not take part any more: its silo is gone or does not answer.</summary>
    Gone = 0,

    /// <summary>It takes part and has nothing in hand.</summary>
    Idle = 1,

    /// <summary>It has work in hand.</summary>
    Busy = 2,
}
