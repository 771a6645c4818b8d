using System.Collections.Immutable;
using Distributed.Keops.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Serialization;

namespace Distributed.Keops.Grains;

/// <summary>
/// The list of jobs. It is a convenience that jobs do not depend on: it may be lost and come back, and what it says of running jobs is what
/// they say themselves when they are asked. It is written down behind the jobs' backs.
/// </summary>
sealed partial class JobCatalogGrain(
    [PersistentState("catalog", JobGrain.Storage)] IPersistentState<JobRecord> state,
    Serializer serializer,
    TimeProvider time,
    ILogger<JobCatalogGrain> log) : Grain, IJobCatalogGrain, IDisposable
{
    // How long one who wants to see the list waits for a job that does not answer.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    // Reductions that a client waits for come by the thousand.
    static readonly TimeSpan FetchedInterval = TimeSpan.FromSeconds(5);

    readonly CancellationTokenSource _left = new();
    StateRecorder<JobCatalog> _recorder = null!;
    JobCatalog _catalog = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _recorder = new StateRecorder<JobCatalog>(state, serializer, time, LogNotSaved, _ => DeactivateOnIdle(), _left.Token);
        _catalog = _recorder.Read() ?? _catalog;
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _left.CancelAsync();
        await _recorder.Idle.WaitAsync(cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);
    }

    public void Dispose() => _left.Dispose();

    public Task Put(JobSummary job)
    {
        var before = _catalog;
        _catalog = before.With(job);
        var isUrgent = job.Output is not null || time.GetUtcNow() - _recorder.RequestedAt >= FetchedInterval;
        if (!ReferenceEquals(_catalog, before) && isUrgent) _ = _recorder.Request(_catalog);
        return Task.CompletedTask;
    }

    public async Task<ImmutableArray<JobSummary>> List(int most)
    {
        var running = _catalog.Jobs.Values.Where(j => !j.Phase.IsTerminal()).ToList();
        // What is put right here is written with the next entry; until then it is put right again whenever somebody asks.
        foreach (var (job, status) in await Task.WhenAll(running.Select(AskAsync)))
        {
            if (status is null || !_catalog.Jobs.TryGetValue(job.Job, out var now) || now != job) continue;
            _catalog = status.Phase == JobPhase.Unknown ? _catalog.Without(job.Job) : _catalog.With(job.With(status));
        }

        return [.. _catalog.Ordered.Take(most)];
    }

    async Task<(JobSummary Job, JobStatus? Status)> AskAsync(JobSummary job)
    {
        try
        {
            return (job, await GrainFactory.GetGrain<IJobGrain>(job.Job).Status().WaitAsync(Patience));
        }
        catch (Exception error)
        {
            LogSilent(error, job.Job);
            return (job, null);
        }
    }

    [LoggerMessage(1, LogLevel.Information, "Job {Job} did not answer; it is listed as it was.")]
    partial void LogSilent(Exception error, string job);

    [LoggerMessage(6, LogLevel.Warning, "The list of jobs could not be written down.")]
    partial void LogNotSaved(Exception error);
}
