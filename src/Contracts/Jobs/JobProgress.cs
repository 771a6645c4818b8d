using System.Collections.Immutable;

namespace Distributed.Keops.Contracts;

/// <summary>How far a job is.</summary>
/// <param name="Sequence">Ascending within one life of the job's coordinator.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="PairsDone">Pairs of tasks that have ended.</param>
/// <param name="Pairs">Pairs in all; 0 until they are known.</param>
/// <param name="Workers">Who works on it.</param>
[GenerateSerializer, Immutable, Alias("keops.JobProgress")]
public sealed record JobProgress(
    [property: Id(0)] long Sequence,
    [property: Id(1)] JobPhase Phase,
    [property: Id(2)] double PairsDone,
    [property: Id(3)] double Pairs,
    [property: Id(4)] ImmutableArray<WorkerProgress> Workers);

/// <summary>What a worker has done for a job.</summary>
/// <param name="Silo">Its silo.</param>
/// <param name="TasksDone">Tasks and merges it has ended.</param>
/// <param name="Outstanding">Tasks and merges it has in hand.</param>
/// <param name="PairsDone">Pairs it has computed.</param>
[GenerateSerializer, Immutable, Alias("keops.WorkerProgress")]
public sealed record WorkerProgress(
    [property: Id(0)] string Silo, [property: Id(1)] int TasksDone, [property: Id(2)] int Outstanding, [property: Id(3)] double PairsDone);
