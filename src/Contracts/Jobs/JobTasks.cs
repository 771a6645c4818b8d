namespace Distributed.Keops.Contracts;

/// <summary>What a job's tasks came to, over all lives of its coordinator.</summary>
/// <param name="Done">Tasks and merges that filled their slot.</param>
/// <param name="Retried">Work that came back undone, or was lost after it was done.</param>
/// <param name="Duplicated">Copies handed out of work that took too long.</param>
[GenerateSerializer, Immutable, Alias("keops.JobTasks")]
public readonly record struct JobTasks([property: Id(0)] long Done, [property: Id(1)] long Retried, [property: Id(2)] long Duplicated)
{
    /// <summary>Both together.</summary>
    public static JobTasks operator +(JobTasks a, JobTasks b) => Add(a, b);

    /// <summary>Both together.</summary>
    public static JobTasks Add(JobTasks a, JobTasks b) => new(a.Done + b.Done, a.Retried + b.Retried, a.Duplicated + b.Duplicated);
}
