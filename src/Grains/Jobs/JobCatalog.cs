using System.Collections.Immutable;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>A list of jobs: all that run, and of those that have ended the last. Immutable.</summary>
[GenerateSerializer, Immutable, Alias("keops.JobCatalog")]
sealed record JobCatalog
{
    /// <summary>The jobs by name.</summary>
    [Id(0)]
    public ImmutableDictionary<string, JobSummary> Jobs { get; init; } = ImmutableDictionary<string, JobSummary>.Empty;

    /// <summary>Newest first.</summary>
    public IEnumerable<JobSummary> Ordered =>
        Jobs.Values.OrderByDescending(j => j.Submitted).ThenBy(j => j.Job, StringComparer.Ordinal);

    /// <summary>
    /// The list with a job in it. Of the ended ones the oldest go where there are too many: those whose result was fetched by themselves,
    /// so that a solver's thousands do not drive out the others.
    /// </summary>
    public JobCatalog With(JobSummary job) =>
        With(job, job.Output is null ? IJobCatalogGrain.FetchedHistoryLength : IJobCatalogGrain.HistoryLength);

    /// <summary>The list with a job in it and at most so many ended ones of its sort.</summary>
    public JobCatalog With(JobSummary job, int history)
    {
        // Told late, by a call that was long on its way.
        var isLate = !job.Phase.IsTerminal() && Jobs.TryGetValue(job.Job, out var known) && known.Phase.IsTerminal()
            && known.Submitted == job.Submitted;
        if (isLate) return this;
        var jobs = Jobs.SetItem(job.Job, job);
        var ended = jobs.Values.Where(j => j.Phase.IsTerminal() && j.Output is null == job.Output is null);
        var tooOld = ended.OrderByDescending(j => j.Ended ?? j.Submitted).ThenBy(j => j.Job, StringComparer.Ordinal).Skip(history);
        return new JobCatalog { Jobs = jobs.RemoveRange(tooOld.Select(j => j.Job)) };
    }

    /// <summary>The list without a job.</summary>
    public JobCatalog Without(string job) => new() { Jobs = Jobs.Remove(job) };
}
