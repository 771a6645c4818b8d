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
    [property: Id(0)] JobPhase Phase, [property: Id(1)] JobShape? Shape,
    [property: Id(2)] FaultKind Fault, [property: Id(3)] string? Message);
