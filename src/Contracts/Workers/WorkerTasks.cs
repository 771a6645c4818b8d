using System.Collections.Immutable;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Contracts;

/// <summary>A job as a worker is told of it, once; tasks then name it.</summary>
/// <param name="Job">The job.</param>
/// <param name="Request">What is computed.</param>
/// <param name="Sources">The versions of the files that all workers of the job must see.</param>
/// <param name="Identity">Of request and sources: what was computed for a job of the same name, but not the same identity, is not this
/// one's.</param>
[GenerateSerializer, Immutable, Alias("keops.JobOpening")]
public sealed record JobOpening(
    [property: Id(0)] string Job,
    [property: Id(1)] ReductionRequest Request,
    [property: Id(2)] ImmutableArray<DatasetInfo> Sources,
    [property: Id(3)] string Identity);

/// <summary>A part of the plan to compute.</summary>
/// <param name="Job">The job.</param>
/// <param name="Slot">Output rows and leaves; the receipt fills it.</param>
[GenerateSerializer, Immutable, Alias("keops.ReductionTask")]
public sealed record ReductionTask([property: Id(0)] string Job, [property: Id(1)] PlanTask Slot);

/// <summary>Two states to merge, in this order.</summary>
/// <param name="Job">The job.</param>
/// <param name="Slot">The parent's place.</param>
/// <param name="Left">The state of the earlier leaves.</param>
/// <param name="Right">The state of the later leaves.</param>
[GenerateSerializer, Immutable, Alias("keops.MergeTask")]
public sealed record MergeTask(
    [property: Id(0)] string Job, [property: Id(1)] PlanTask Slot, [property: Id(2)] BlockReference Left,
    [property: Id(3)] BlockReference Right);

/// <summary>An output to write.</summary>
/// <param name="Job">The job, which is asked for its results.</param>
/// <param name="Attempt">Which try it is: each writes under a name of its own.</param>
[GenerateSerializer, Immutable, Alias("keops.AssembleTask")]
public sealed record AssembleTask([property: Id(0)] string Job, [property: Id(1)] int Attempt);
