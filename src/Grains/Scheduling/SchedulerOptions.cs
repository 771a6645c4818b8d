namespace Distributed.Keops.Grains.Scheduling;

/// <summary>How a scheduler shares work out.</summary>
sealed record SchedulerOptions
{
    /// <summary>How long a task should take the worker that gets it.</summary>
    public TimeSpan Task { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The options for tasks of a length.</summary>
    public static SchedulerOptions For(TimeSpan task) => new() { Task = task, ShortTask = task / 10 };

    /// <summary>The shortest task that is worth its messages, and how long a worker's first one should take.</summary>
    public TimeSpan ShortTask { get; init; } = TimeSpan.FromSeconds(0.2);

    /// <summary>Towards the end each task is at most such a part of the time that is left, so that all end together.</summary>
    public double PartOfRest { get; init; } = 0.25;

    /// <summary>
    /// How many times longer than an idle worker needs a task must be expected to take still, to be given to that one too.
    /// </summary>
    public double DuplicateAt { get; init; } = 2;

    /// <summary>And by how much longer at least.</summary>
    public TimeSpan DuplicateGain { get; init; } = TimeSpan.FromSeconds(0.5);
}
