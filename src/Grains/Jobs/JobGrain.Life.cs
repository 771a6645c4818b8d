using Distributed.Keops.Contracts;
using Orleans.Runtime;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>The job's lives, and what calls it back into one.</summary>
sealed partial class JobGrain
{
    const string Reminder = "go-on";

    static readonly TimeSpan ReminderPeriod = TimeSpan.FromMinutes(1);

    static readonly TimeSpan AliveInterval = TimeSpan.FromMinutes(1);

    // How long a list of jobs may keep a job waiting.
    static readonly TimeSpan CatalogPatience = TimeSpan.FromSeconds(2);

    IGrainTimer? _alive;

    /// <summary>The tick has done its work by waking the job up. One that has ended is tidied up after, if that was cut off.</summary>
    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        if (_run is not null && !_snapshot.Phase.IsTerminal()) return;
        if (_snapshot.Request is null || await TidyAsync(_run ?? NewRun(), _snapshot)) await ForgetReminderAsync();
    }

    /// <summary>Has the job called back if it is lost. What nobody can fetch any more when its client is gone is not worth it.</summary>
    async Task RemindAsync(JobSnapshot snapshot)
    {
        if (snapshot.Request!.Output is not null) await this.RegisterOrUpdateReminder(Reminder, ReminderPeriod, ReminderPeriod);
    }

    async Task ForgetReminderAsync()
    {
        try
        {
            if (await this.GetReminder(Reminder) is { } reminder) await this.UnregisterReminder(reminder);
        }
        catch (Exception error)
        {
            // The next tick tries again.
            LogNotSaved(error, Id);
        }
    }

    void Start(JobSnapshot snapshot)
    {
        _snapshot = snapshot;
        // Later lives count on above whatever earlier ones can have told.
        _sequence = (long)snapshot.Lives << 32;
        _account = new JobAccount(snapshot);
        _run = NewRun();
        // A background loop alone would not keep the grain from being collected.
        _alive = this.RegisterGrainTimer(static _ => Task.CompletedTask, new GrainTimerCreationOptions(AliveInterval, AliveInterval) { KeepAlive = true });
        _loop = LiveAsync(_run);
    }

    JobRun NewRun() => new(Id, _snapshot, GrainFactory, membership, options, metrics, time, OnChangedAsync);

    async Task LiveAsync(JobRun run)
    {
        await Task.Yield();
        // Of this life: one that is lost leaves no span, its tasks do.
        using var span = activities.StartJob(Id);
        try
        {
            var (phase, fault) = await RunAsync(run);
            await EndAsync(run, JobAccount.End(Current, phase, fault, time.GetUtcNow()));
        }
        catch (OperationCanceledException) when (_left.IsCancellationRequested)
        {
            // Goes on elsewhere, from what was written down.
        }
        catch (InconsistentStateException error)
        {
            LogFenced(error, Id);
            DeactivateOnIdle();
        }
    }

    async Task<(JobPhase Phase, KeopsFaultException? Fault)> RunAsync(JobRun run)
    {
        try
        {
            // Which life this is must be known before watchers are told of it.
            if (_snapshot.Lives > 1) await TrySaveAsync(_snapshot);
            await TellAsync();
            await run.RunAsync(_stop.Token);
            return (JobPhase.Done, null);
        }
        catch (OperationCanceledException) when (!_left.IsCancellationRequested)
        {
            return (JobPhase.Cancelled, null);
        }
        catch (Exception error) when (error is not (InconsistentStateException or OperationCanceledException))
        {
            LogFailed(error, Id);
            return (JobPhase.Failed, KeopsFaultException.From(error));
        }
    }

    /// <summary>
    /// Written down first: whatever is cut off after that is made good by the reminder, which goes last.
    /// </summary>
    async Task EndAsync(JobRun run, JobSnapshot end)
    {
        end = end with { Sequence = _sequence + 1 };
        await SaveEndAsync(end);
        metrics.JobEnded(end.Phase);
        var isTidy = await TidyAsync(run, end);
        _snapshot = end;
        _alive?.Dispose();
        Pulse();
        await TellAsync();
        if (isTidy && end.Request!.Output is not null) await ForgetReminderAsync();
    }

    /// <summary>Without a result to fetch there is nothing to keep, neither with the workers nor in the lake.</summary>
    /// <returns>Whether nothing is left of it.</returns>
    async Task<bool> TidyAsync(JobRun run, JobSnapshot end)
    {
        if (end.Phase == JobPhase.Done && end.Request!.Output is null) return true;
        try
        {
            await run.ReleaseAsync();
            return await run.DiscardAsync();
        }
        catch (Exception error)
        {
            LogNotTidy(error, Id);
            return false;
        }
    }

    /// <summary>Tells the catalog, which asks by itself when it was not told.</summary>
    async Task TellAsync()
    {
        if (_snapshot.Request is not { Output: not null } request) return;
        try
        {
            var summary = JobSummary.Of(await Status(), request);
            await GrainFactory.GetGrain<IJobCatalogGrain>(IJobCatalogGrain.Key).Put(summary).WaitAsync(CatalogPatience, time, _left.Token);
        }
        catch (Exception error) when (error is not OperationCanceledException)
        {
            LogNotListed(error, Id);
        }
    }
}
