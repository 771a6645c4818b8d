using System.Diagnostics;

namespace Distributed.Keops.Grains;

/// <summary>
/// The spans of the source <c>Keops.Engine</c>: a job, and each task on its worker. Nothing is made while nobody listens.
/// </summary>
public sealed class EngineActivities : IDisposable
{
    /// <summary>The name of the source.</summary>
    public const string SourceName = "Keops.Engine";

    readonly ActivitySource _source = new(SourceName);

    /// <summary>Begins the span of a job; the caller disposes of it at the job's end.</summary>
    public Activity? StartJob(string job) => _source.StartActivity("job")?.SetTag("keops.job", job);

    /// <summary>Begins the span of a task; the caller disposes of it when the task ends.</summary>
    public Activity? StartTask(TaskKind kind, string job) => _source.StartActivity($"task {kind.Name}")?.SetTag("keops.job", job);

    /// <inheritdoc/>
    public void Dispose() => _source.Dispose();
}
