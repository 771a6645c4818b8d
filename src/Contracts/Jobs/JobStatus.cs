namespace Distributed.Keops.Contracts;

/// <summary>Where a job stands.</summary>
public enum JobPhase
{
    /// <summary>No job of this name was submitted, or it was forgotten.</summary>
    Unknown = 0,

    /// <summary>Sources are opened, the plan is made.</summary>
    Planning = 1,

    /// <summary>Tasks run.</summary>
    Running = 2,

    /// <summary>The output is written.</summary>
    Writing = 3,

    /// <summary>The result stands.</summary>
    Done = 4,

    /// <summary>It ended with an error.</summary>
    Failed = 5,

    /// <summary>It was cancelled.</summary>
    Cancelled = 6,
}

/// <summary>Questions about phases.</summary>
public static class JobPhases
{
    /// <summary>Whether nothing will happen any more.</summary>
    public static bool IsTerminal(this JobPhase phase) => phase is JobPhase.Done or JobPhase.Failed or JobPhase.Cancelled;
}

/// <summary>How a job stands.</summary>
/// <param name="Phase">Where it is.</param>
/// <param name="Shape">Sizes and plan, once they are known.</param>
/// <param name="Fault">The kind of error it failed with.</param>
/// <param name="Message">The error's text.</param>
[GenerateSerializer, Immutable, Alias("keops.JobStatus")]
public sealed record JobStatus(
    [property: Id(0)] JobPhase Phase,
    [property: Id(1)] JobShape? Shape,
    [property: Id(2)] FaultKind Fault,
    [property: Id(3)] string? Message)
{
    /// <summary>The job's name.</summary>
    [Id(4)]
    public string Job { get; init; } = "";

    /// <summary>When it was submitted; null when it never was.</summary>
    [Id(5)]
    public DateTimeOffset? Submitted { get; init; }

    /// <summary>When its first tasks were handed out.</summary>
    [Id(6)]
    public DateTimeOffset? Started { get; init; }

    /// <summary>When it ended, however it did.</summary>
    [Id(7)]
    public DateTimeOffset? Ended { get; init; }

    /// <summary>Pairs that stand.</summary>
    [Id(8)]
    public double PairsDone { get; init; }

    /// <summary>Pairs a second: lately while it runs, in all when it has ended; 0 until it is known.</summary>
    [Id(9)]
    public double PairsPerSecond { get; init; }

    /// <summary>How long the rest of the pairs takes at that rate; null when that can't be told.</summary>
    [Id(10)]
    public TimeSpan? Remaining { get; init; }

    /// <summary>What its tasks came to.</summary>
    [Id(11)]
    public JobTasks Tasks { get; init; }

    /// <summary>The plan's name, once there is one.</summary>
    [Id(12)]
    public string? PlanHash { get; init; }

    /// <summary>Where the result is written, as the request has it; null when it is fetched.</summary>
    [Id(13)]
    public string? OutputPath { get; init; }
}
