namespace Distributed.Keops.Grains;

/// <summary>What a worker is asked for, as metrics and traces name it.</summary>
/// <param name="Name">The name.</param>
public sealed record TaskKind(string Name)
{
    /// <summary>Opening a job: sources and compilation.</summary>
    public static TaskKind Open { get; } = new("open");

    /// <summary>Computing a part of the plan.</summary>
    public static TaskKind Reduce { get; } = new("reduce");

    /// <summary>Merging two states.</summary>
    public static TaskKind Merge { get; } = new("merge");

    /// <summary>Writing the output.</summary>
    public static TaskKind Assemble { get; } = new("assemble");
}
