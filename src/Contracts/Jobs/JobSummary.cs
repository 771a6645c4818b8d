namespace Distributed.Keops.Contracts;

/// <summary>A job in a list.</summary>
/// <param name="Job">Its name.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="Submitted">When it was submitted.</param>
/// <param name="Ended">When it ended; null as long as it runs.</param>
/// <param name="Reduction">What is computed, shortened.</param>
/// <param name="Output">Where the result is written.</param>
/// <param name="Rows">Output rows, over all batches; 0 until they are known.</param>
/// <param name="Pairs">Pairs in all; 0 until they are known.</param>
/// <param name="Message">Why it failed, shortened.</param>
[GenerateSerializer, Immutable, Alias("keops.JobSummary")]
public sealed record JobSummary(
    [property: Id(0)] string Job,
    [property: Id(1)] JobPhase Phase,
    [property: Id(2)] DateTimeOffset Submitted,
    [property: Id(3)] DateTimeOffset? Ended,
    [property: Id(4)] string Reduction,
    [property: Id(5)] string? Output,
    [property: Id(6)] long Rows,
    [property: Id(7)] double Pairs,
    [property: Id(8)] string? Message)
{
    const int MaxText = 200;

    /// <summary>A job as its status tells of it.</summary>
    public static JobSummary Of(JobStatus status, ReductionRequest request) => new(
        status.Job,
        status.Phase,
        status.Submitted ?? default,
        status.Ended,
        Short(request.Reduction)!,
        request.Output?.Path,
        (status.Shape?.Batches ?? 0) * (status.Shape?.Rows ?? 0),
        status.Shape?.Pairs ?? 0,
        Short(status.Message));

    /// <summary>The same job, as its status says now.</summary>
    public JobSummary With(JobStatus status) => this with
    {
        Phase = status.Phase,
        Ended = status.Ended,
        Rows = (status.Shape?.Batches ?? 0) * (status.Shape?.Rows ?? 0),
        Pairs = status.Shape?.Pairs ?? 0,
        Message = Short(status.Message),
    };

    // A catalog of some hundreds has to fit into one record.
    static string? Short(string? text) => text is { Length: > MaxText } ? text[..MaxText] + "…" : text;
}
