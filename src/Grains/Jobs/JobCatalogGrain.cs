using System.Collections.Immutable;
using Distributed.Keops.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>
/// The list of jobs. It is a convenience that jobs do not depend on: it may be lost and come back, and what it says of running jobs is what
/// they
/// say themselves when they are asked.
/// </summary>
[AnyGateway]
sealed partial class JobCatalogGrain(
    [PersistentState("catalog", JobGrain.Storage)] IPersistentState<JobRecord> state, Serializer serializer, ILogger<JobCatalogGrain> log)
    : Grain, IJobCatalogGrain
{
    // How long one who wants to see the list waits for a job that does not answer.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    JobCatalog _catalog = new();

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (state.RecordExists && serializer.Deserialize<JobCatalog>(state.State.Payload) is { } known) _catalog = known;
        return Task.CompletedTask;
    }

    public async Task Put(JobSummary job)
    {
        var before = _catalog;
        _catalog = before.With(job, IJobCatalogGrain.HistoryLength);
        if (ReferenceEquals(_catalog, before)) return;
        state.State.Payload = serializer.SerializeToArray(_catalog);
        try
        {
            await state.WriteStateAsync();
        }
        catch (InconsistentStateException)
        {
            // Another activation has written since: the next one begins with what that wrote.
            DeactivateOnIdle();
            throw;
        }
    }

    public async Task<ImmutableArray<JobSummary>> List(int most)
    {
        var running = _catalog.Jobs.Values.Where(j => !j.Phase.IsTerminal()).ToList();
        // What is put right here is written with the next entry; until then it is put right again whenever somebody asks.
        foreach (var (job, status) in await Task.WhenAll(running.Select(AskAsync)))
        {
            if (status is null || !_catalog.Jobs.TryGetValue(job.Job, out var now) || now != job) continue;
            _catalog = status.Phase == JobPhase.Unknown ? _catalog.Without(job.Job) : _catalog.With(job.With(status), IJobCatalogGrain.HistoryLength);
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
}
