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

    public JobStatus ToStatus() => new(Phase, Shape, Fault, Message);
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
