using System.Globalization;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cli.Output;

/// <summary>Jobs for people.</summary>
static class JobText
{
    /// <summary>A phase as people write it.</summary>
    public static string Name(JobPhase phase) => phase.ToString().ToLowerInvariant();

    /// <summary>A table of jobs.</summary>
    public static void WriteList(IReadOnlyList<JobSummary> jobs, TextWriter output) => TextTable.Write(output,
    [
        ["job", "phase", "submitted (UTC)", "output", "seconds", "rows", "pairs"],
        .. jobs.Select(j => (string[])
        [
            j.Job,
            Name(j.Phase),
            Time(j.Submitted),
            j.Output ?? "(fetched)",
            j.Ended is { } ended ? (ended - j.Submitted).TotalSeconds.ToString("F1", CultureInfo.InvariantCulture) : "",
            j.Rows > 0 ? Figures.Count(j.Rows) : "",
            j.Pairs > 0 ? Figures.Short(j.Pairs) : "",
        ]),
    ], left: 4);

    /// <summary>All of one job.</summary>
    public static void WriteReport(JobReport report, TextWriter output)
    {
        var (request, times) = (report.Request, report.Times);
        var lines = new List<string[]> { (string[])["job", report.Job], (string[])["outcome", report.Outcome] };
        Add("error", report.Message);
        Add("reduction", $"{request.Reduction} ({request.Type})");
        foreach (var variable in request.Variables)
            Add($"{variable.Category} {variable.Name ?? Figures.Count(variable.Index)}", $"[{variable.Dim}] {variable.Source}");
        Add("output", request.Output);
        if (report.Plan is { } plan)
        {
            var sizes = $"{Figures.Count(plan.Rows)} × {Figures.Count(plan.Columns)} rows, {Figures.Short(plan.Pairs)} pairs";
            Add("plan", $"{plan.Hash}: {sizes}, engine {plan.EngineId}");
        }

        Add("submitted", Time(times.Submitted) + " UTC");
        AddSeconds("planning", times.PlanningSeconds);
        AddSeconds("running", times.RunningSeconds);
        AddSeconds("writing", times.WritingSeconds);
        var tasks = report.Tasks;
        var (done, retried, duplicated) = (Figures.Count(tasks.Done), Figures.Count(tasks.Retried), Figures.Count(tasks.Duplicated));
        Add("tasks", $"{done} done, {retried} retried, {duplicated} duplicated");
        Add("coordinators", Figures.Count(report.Coordinators));
        foreach (var worker in report.Workers)
            Add($"worker {worker.Silo}", $"{Figures.Count(worker.Tasks)} tasks, {Figures.Short(worker.Pairs)} pairs, {worker.EngineId}");
        foreach (var input in report.Inputs) Add("input", $"{input.Spec}: {Figures.Count(input.Rows)} rows, version {input.Version}");
        TextTable.Write(output, lines, left: 2);

        void AddSeconds(string name, double? seconds) => Add(name, seconds is { } took ? Figures.Seconds(took) : null);

        void Add(string name, string? value)
        {
            if (value is not null) lines.Add([name, value]);
        }
    }

    static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
