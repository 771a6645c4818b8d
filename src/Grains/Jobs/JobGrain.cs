using Distributed.Keops.Contracts;
using Distributed.Keops.Grains.Scheduling;
using Distributed.Keops.Kernels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>
/// A job's coordinator. What it does stands in <see cref="JobRun"/>; this is its door, its memory and its clock. Lost with its silo, it
/// goes on
/// elsewhere, from what it wrote down last, at the next call or, at the latest, the next tick of its reminder.
/// <code>
/// Submit ──reminder, state──▶ life 1: JobRun ──lost──▶ life 2: JobRun ──▶ end: state, tidying up, watchers, no more reminder
/// </code>
/// </summary>
[AnyGateway]
sealed partial class JobGrain(
    [PersistentState("job", JobGrain.Storage)] IPersistentState<JobRecord> state,
    Serializer serializer,
    IClusterMembershipService membership,
    IHostApplicationLifetime host,
    SchedulerOptions options,
    EngineMetrics metrics,
    EngineActivities activities,
    TimeProvider time,
    ILogger<JobGrain> log) : Grain, IJobGrain, IRemindable, IDisposable
{
    /// <summary>The name of the storage provider.</summary>
    public const string Storage = "keops";

    // Results of one page, well below what a message may carry.
    const int PageBytes = 512 << 10;
    const int SliceOverhead = 256;

    readonly CancellationTokenSource _stop = new();
    readonly CancellationTokenSource _left = new();
    JobSnapshot _snapshot = new();
    JobRun? _run;
    JobAccount? _account;
    Task _loop = Task.CompletedTask;
    bool _isCancelled;
    bool _isCommitting;

    string Id => this.GetPrimaryKeyString();

    /// <summary>The job as it stands.</summary>
    JobSnapshot Current => _run is null || _snapshot.Phase.IsTerminal() ? _snapshot : _account!.Stamp(_run, _sequence, time.GetUtcNow());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (state.RecordExists && serializer.Deserialize<JobSnapshot>(state.State.Payload) is { } known) _snapshot = known;
        _sequence = _snapshot.Sequence;
        if (_snapshot.Request is not null && !_snapshot.Phase.IsTerminal()) Start(_snapshot with { Lives = _snapshot.Lives + 1 });
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _left.CancelAsync();
        await _stop.CancelAsync();
        await _loop;
        // Nobody came for the results: the workers need not keep them.
        if (reason.ReasonCode == DeactivationReasonCode.ActivationIdle && _run is not null) await _run.ReleaseAsync();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _left.Dispose();
    }

    public async Task<JobStatus> Submit(ReductionRequest request)
    {
        if (_snapshot.Request is { } known)
        {
            if (RequestFingerprint.Of(known) == RequestFingerprint.Of(request)) return await Status();
            throw new KeopsFaultException(FaultKind.Call,
                $"There is a job '{Id}' already, and it has another request: choose another id, or submit what was submitted before.");
        }

        RequireId();
        if (request.Contract != ContractVersion.Current)
        {
            return new JobStatus(JobPhase.Failed, null, FaultKind.Call,
                $"The request keeps contract {request.Contract}, this cluster {ContractVersion.Current}: use a client of the cluster's version.")
            {
                Job = Id,
            };
        }

        var submitted = new JobSnapshot { Request = request, Phase = JobPhase.Planning, Submitted = time.GetUtcNow(), Lives = 1 };
        await RememberAsync(submitted);
        Start(submitted);
        return await Status();
    }

    public Task<JobStatus> Status()
    {
        var current = Current;
        return Task.FromResult(current.ToStatus() with { Job = Id, PairsPerSecond = RateOf(current), Remaining = RemainingOf(current) });
    }

    public async Task<JobStatus> Cancel()
    {
        // A job that is submitted later must not find itself cancelled.
        if (_snapshot.Request is null) return await Status();
        _isCancelled = true;
        if (!_isCommitting) await _stop.CancelAsync();
        await _loop;
        return await Status();
    }

    public Task<JobReport?> Report() => Task.FromResult(_snapshot.Request is null ? null : JobReports.Of(Id, Current));

    public Task<JobReport> Commit(int attempt)
    {
        if (_run is null || Current is not { Phase: JobPhase.Writing } current || current.Attempts != attempt || _isCancelled)
            throw new KeopsFaultException(FaultKind.Stopping, $"Try {attempt} to write the output of job {Id} is not wanted any more.");
        _isCommitting = true;
        return Task.FromResult(JobReports.Of(Id, current));
    }

    public Task<ResultPage> Results(int first)
    {
        var all = _run?.Results ?? [];
        var (count, bytes) = (0, 0L);
        while (first + count < all.Length && bytes < PageBytes)
            bytes += SliceOverhead + (all[first + count++].Block.Inline?.Bytes.Length ?? 0);
        return Task.FromResult(new ResultPage(all.Slice(first, count), all.Length));
    }

    public Task Release() => _run?.ReleaseAsync() ?? Task.CompletedTask;

    void RequireId()
    {
        try
        {
            JobId.Require(Id);
        }
        catch (KeopsException error)
        {
            throw KeopsFaultException.From(error);
        }
    }
}
