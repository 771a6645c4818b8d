using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>Makes reports of what jobs remember, and writes them as JSON.</summary>
static class JobReports
{
    static readonly JsonSerializerOptions Format = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        // Formulas as they are: nobody puts a report into a web page unescaped.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        WriteIndented = true,
    };

    /// <summary>What a snapshot says.</summary>
    public static JobReport Of(string job, JobSnapshot snapshot) => new(
        job,
        JsonNamingPolicy.SnakeCaseLower.ConvertName(snapshot.Phase.ToString()),
        snapshot.Message,
        ReportedRequest.Of(snapshot.Request!),
        PlanOf(snapshot),
        new ReportedTimes(snapshot.Submitted ?? default, snapshot.Started, snapshot.Writing, snapshot.Ended),
        snapshot.Tasks,
        snapshot.Lives,
        snapshot.Attempts,
        [.. snapshot.Workers.Select(w => new ReportedWorker(w.Silo, w.EngineId, w.TasksDone, w.PairsDone, w.PairsPerSecond))],
        [.. snapshot.Sources.Select(s => new ReportedInput(s.Spec, s.Rows, s.Dim, s.Version, []))]);

    /// <summary>A report as a JSON document.</summary>
    public static byte[] ToJson(JobReport report) => JsonSerializer.SerializeToUtf8Bytes(report, Format);

    static ReportedPlan? PlanOf(JobSnapshot snapshot)
    {
        if (snapshot.Shape is not { } shape) return null;
        return new ReportedPlan(
            shape.ToPlan().Hash, snapshot.EngineId, shape.Batches, shape.Rows, shape.Columns, shape.BlockRows, shape.LeafRows, shape.Pairs);
    }
}
