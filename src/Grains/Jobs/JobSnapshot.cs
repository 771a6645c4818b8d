using System.Collections.Immutable;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>What a job remembers of itself: enough to go on after its coordinator was lost.</summary>
[GenerateSerializer, Immutable, Alias("keops.JobSnapshot")]
sealed record JobSnapshot
{
    [Id(0)]
    public ReductionRequest? Request { get; init; }

    [Id(1)]
    public JobPhase Phase { get; init; }

    [Id(2)]
    public FaultKind Fault { get; init; }

    [Id(3)]
    public string? Message { get; init; }

    /// <summary>The versions of the files that the job reads.</summary>
    [Id(4)]
    public ImmutableArray<DatasetInfo> Sources { get; init; } = [];

    [Id(5)]
    public JobShape? Shape { get; init; }

    /// <summary>The engine that all of the job runs on, since it decides the bits.</summary>
    [Id(6)]
    public string? EngineId { get; init; }

    /// <summary>Tries of writing the output.</summary>
    [Id(10)]
    public int Attempts { get; init; }

    [Id(11)]
    public DateTimeOffset? Submitted { get; init; }

    /// <summary>When tasks were handed out for the first time.</summary>
    [Id(12)]
    public DateTimeOffset? Started { get; init; }

    /// <summary>When the output was begun for the first time.</summary>
    [Id(13)]
    public DateTimeOffset? Writing { get; init; }

    [Id(14)]
    public DateTimeOffset? Ended { get; init; }

    /// <summary>How many coordinators the job has had, this one included.</summary>
    [Id(15)]
    public int Lives { get; init; }

    /// <summary>The number of the last item that watchers were told.</summary>
    [Id(16)]
    public long Sequence { get; init; }

    [Id(17)]
    public double PairsDone { get; init; }

    /// <summary>What tasks came to, over all lives.</summary>
    [Id(18)]
    public JobTasks Tasks { get; init; }

    /// <summary>What workers did, over all lives.</summary>
    [Id(19)]
    public ImmutableArray<WorkerProgress> Workers { get; init; } = [];

    /// <summary>Whether it is wished to end the job.</summary>
    [Id(20)]
    public bool IsCancelled { get; init; }

    /// <summary>Whether a try to write the output was allowed to make it appear; what became of it may not be known.</summary>
    [Id(21)]
    public bool IsCommitting { get; init; }

    public JobStatus ToStatus() => new(Phase, Shape, Fault, Message)
    {
        Submitted = Submitted,
        Started = Started,
        Ended = Ended,
        PairsDone = PairsDone,
        Tasks = Tasks,
        PlanHash = Shape?.ToPlan().Hash,
        OutputPath = Request?.Output?.Path,
    };
}

/// <summary>
/// A snapshot in its storage provider: serialized here, so that it is the same under every provider's own format.
/// </summary>
[GenerateSerializer, Alias("keops.JobRecord")]
sealed class JobRecord
{
    [Id(0)]
    public byte[] Payload { get; set; } = [];
}
