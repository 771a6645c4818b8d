using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains.Tests.Jobs;

public sealed class JobCatalogTests
{
    static readonly DateTimeOffset Start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    static JobSummary Job(string name, int minute, JobPhase phase) => new(
        name, phase, Start.AddMinutes(minute), phase.IsTerminal() ? Start.AddMinutes(minute + 1) : null,
        "Sum", $"{name}.parquet", 1, 1, null);

    static JobCatalog Of(int history, params JobSummary[] jobs) =>
        jobs.Aggregate(new JobCatalog(), (catalog, job) => catalog.With(job, history));

    [Fact]
    public void The_newest_come_first() => Assert.Equal(
        ["c", "b", "a"],
        Of(10, Job("b", 2, JobPhase.Done), Job("c", 3, JobPhase.Running), Job("a", 1, JobPhase.Failed)).Ordered.Select(j => j.Job));

    [Fact]
    public void The_oldest_ended_jobs_go_and_running_ones_never_do()
    {
        var jobs = Enumerable.Range(0, 20).Select(k => Job($"job{k:D2}", k, k % 2 == 0 ? JobPhase.Running : JobPhase.Done)).ToArray();
        var left = Of(3, jobs).Ordered.ToList();
        Assert.Equal(10, left.Count(j => j.Phase == JobPhase.Running));
        Assert.Equal(["job19", "job17", "job15"], left.Where(j => j.Phase == JobPhase.Done).Select(j => j.Job));
    }

    [Fact]
    public void Those_that_were_fetched_drive_out_none_with_an_output()
    {
        var fetched = Enumerable.Range(0, 20).Select(k => Job($"fetched{k:D2}", 10 + k, JobPhase.Done) with { Output = null });
        var left = Of(3, [Job("a", 1, JobPhase.Done), .. fetched, Job("b", 2, JobPhase.Done)]).Ordered.Select(j => j.Job);
        Assert.Equal(["fetched19", "fetched18", "fetched17", "b", "a"], left);
    }

    [Fact]
    public void An_entry_is_replaced_but_an_end_is_final()
    {
        var ended = Of(10, Job("a", 1, JobPhase.Running), Job("a", 1, JobPhase.Done));
        Assert.Equal(JobPhase.Done, Assert.Single(ended.Ordered).Phase);
        Assert.Same(ended, ended.With(Job("a", 1, JobPhase.Running), 10));
        // Forgotten by the cluster and submitted anew, it is another job.
        Assert.Equal(JobPhase.Running, Assert.Single(ended.With(Job("a", 5, JobPhase.Running), 10).Ordered).Phase);
    }

    [Fact]
    public void Long_texts_are_cut()
    {
        var request = new ReductionRequest { Reduction = new string('x', 100_000), Type = "float32", Variables = [] };
        var status = new JobStatus(JobPhase.Failed, null, FaultKind.Data, new string('y', 100_000)) { Job = "a", Submitted = Start };
        var summary = JobSummary.Of(status, request);
        Assert.InRange(summary.Reduction.Length + summary.Message!.Length, 100, 500);
    }
}
