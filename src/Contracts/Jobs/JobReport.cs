using System.Collections.Immutable;

namespace Distributed.Keops.Contracts;

/// <summary>
/// All that is to be said of a job. Stands as JSON beside its output: <c>X.report.json</c> beside <c>X.parquet</c>, <c>_report.json</c> in
/// a folder. Data are named, never contained.
/// </summary>
/// <param name="Job">Its name.</param>
/// <param name="Outcome">Its phase in small letters, such as <c>done</c>.</param>
/// <param name="Message">Why it failed.</param>
/// <param name="Request">What was asked for.</param>
/// <param name="Plan">How it was cut; null until that was known.</param>
/// <param name="Times">When what happened.</param>
/// <param name="Tasks">What its tasks came to.</param>
/// <param name="Coordinators">How many silos or activations have coordinated it, one after the other.</param>
/// <param name="WriteAttempts">Tries of writing the output.</param>
/// <param name="Workers">Who took part, and what each did.</param>
/// <param name="Inputs">The clouds it read.</param>
[GenerateSerializer, Immutable, Alias("keops.JobReport")]
public sealed record JobReport(
    [property: Id(0)] string Job,
    [property: Id(1)] string Outcome,
    [property: Id(2)] string? Message,
    [property: Id(3)] ReportedRequest Request,
    [property: Id(4)] ReportedPlan? Plan,
    [property: Id(5)] ReportedTimes Times,
    [property: Id(6)] JobTasks Tasks,
    [property: Id(7)] int Coordinators,
    [property: Id(8)] int WriteAttempts,
    [property: Id(9)] ImmutableArray<ReportedWorker> Workers,
    [property: Id(10)] ImmutableArray<ReportedInput> Inputs)
{
    /// <summary>Rows left out for their nulls; known when the output is written.</summary>
    [Id(11)]
    public ReportedSkips? SkippedRows { get; init; }

    /// <summary>What was written; null before.</summary>
    [Id(12)]
    public ReportedOutput? Output { get; init; }
}

/// <summary>A plan and its sizes.</summary>
/// <param name="Hash">Equal plans give equal bits on equal engines.</param>
/// <param name="EngineId">The engine.</param>
/// <param name="Batches">Batches.</param>
/// <param name="Rows">Output rows of each.</param>
/// <param name="Columns">Reduced rows of each.</param>
/// <param name="BlockRows">Rows of an i-block.</param>
/// <param name="LeafRows">Rows of a leaf.</param>
/// <param name="Pairs">Pairs that count.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedPlan")]
public sealed record ReportedPlan(
    [property: Id(0)] string Hash,
    [property: Id(1)] string? EngineId,
    [property: Id(2)] int Batches,
    [property: Id(3)] long Rows,
    [property: Id(4)] long Columns,
    [property: Id(5)] int BlockRows,
    [property: Id(6)] int LeafRows,
    [property: Id(7)] double Pairs);

/// <summary>When what happened, by the clock of the coordinator, and how long each phase took.</summary>
/// <param name="Submitted">Submitted.</param>
/// <param name="Started">First tasks handed out.</param>
/// <param name="Writing">Writing of the output begun.</param>
/// <param name="Ended">Ended; in the file beside the output, by its writer's clock, the moment before it appeared.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedTimes")]
public sealed record ReportedTimes(
    [property: Id(0)] DateTimeOffset Submitted,
    [property: Id(1)] DateTimeOffset? Started,
    [property: Id(2)] DateTimeOffset? Writing,
    [property: Id(3)] DateTimeOffset? Ended)
{
    /// <summary>Seconds until the plan was made and workers were found.</summary>
    public double? PlanningSeconds => (Started ?? Ended).Minus(Submitted);

    /// <summary>Seconds of computing.</summary>
    public double? RunningSeconds => Started is { } started ? (Writing ?? Ended).Minus(started) : null;

    /// <summary>Seconds of writing the output.</summary>
    public double? WritingSeconds => Writing is { } writing ? Ended.Minus(writing) : null;
}

/// <summary>What a worker did.</summary>
/// <param name="Silo">Its silo.</param>
/// <param name="EngineId">Its engine.</param>
/// <param name="Tasks">Tasks and merges.</param>
/// <param name="Pairs">Pairs.</param>
/// <param name="PairsPerSecond">How fast it was at the end.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedWorker")]
public sealed record ReportedWorker(
    [property: Id(0)] string Silo,
    [property: Id(1)] string EngineId,
    [property: Id(2)] int Tasks,
    [property: Id(3)] double Pairs,
    [property: Id(4)] double PairsPerSecond);

/// <summary>A cloud and its version.</summary>
/// <param name="Spec">Path and columns.</param>
/// <param name="Rows">Rows, nulls or not.</param>
/// <param name="Dim">Values of a row.</param>
/// <param name="Version">Of all files together.</param>
/// <param name="Files">The files, in the report beside the output; empty elsewhere.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedInput")]
public sealed record ReportedInput(
    [property: Id(0)] string Spec,
    [property: Id(1)] long Rows,
    [property: Id(2)] int Dim,
    [property: Id(3)] string Version,
    [property: Id(4)] ImmutableArray<ReportedFile> Files);

/// <summary>A file of a cloud.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="LastWrite">Its last change.</param>
/// <param name="Rows">Its rows.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedFile")]
public sealed record ReportedFile(
    [property: Id(0)] string Path, [property: Id(1)] long Bytes, [property: Id(2)] DateTime LastWrite, [property: Id(3)] long Rows);

/// <summary>Rows left out for their nulls.</summary>
/// <param name="OutputSide">Rows of the output without a result.</param>
/// <param name="ReducedSide">Reduced rows that no result saw.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedSkips")]
public sealed record ReportedSkips([property: Id(0)] long OutputSide, [property: Id(1)] long ReducedSide);

/// <summary>An output.</summary>
/// <param name="Path">Where it lies.</param>
/// <param name="Files">Its files.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Bytes">Their bytes.</param>
/// <param name="Silo">Who wrote it.</param>
[GenerateSerializer, Immutable, Alias("keops.ReportedOutput")]
public sealed record ReportedOutput(
    [property: Id(0)] string Path,
    [property: Id(1)] int Files,
    [property: Id(2)] long Rows,
    [property: Id(3)] long Bytes,
    [property: Id(4)] string Silo);
