using System.Runtime.CompilerServices;
using Distributed.Keops.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>
/// A job's coordinator. What it does stands in <see cref="JobRun"/>; this is its door, its memory and its clock. Lost with its silo, it goes on
/// elsewhere at the next call, from what it wrote down last.
/// </summary>
sealed partial class JobGrain(
    [PersistentState("job", JobGrain.Storage)] IPersistentState<JobRecord> state,
    Serializer serializer,
    IClusterMembershipService membership,
    TimeProvider time,
    ILogger<JobGrain> log) : Grain, IJobGrain, IDisposable
{
    /// <summary>The name of the storage provider.</summary>
    public const string Storage = "keops";

    // Results of one page, well below what a message may carry.
    const int PageBytes = 512 << 10;
    const int SliceOverhead = 256;

    // A ledger is written at most so often: losing what came since only runs it again.
    static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    static readonly TimeSpan AliveInterval = TimeSpan.FromMinutes(1);

    readonly CancellationTokenSource _stop = new();
    JobSnapshot _snapshot = new();
    JobRun? _run;
    Task _loop = Task.CompletedTask;
    IGrainTimer? _alive;
    TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);
    DateTimeOffset _savedAt;
    long _sequence;
    bool _leaving;

    // A run that has reached its end is not yet written down: until then the job is not at its end.
    JobStatus Current => _snapshot.Phase.IsTerminal() || _run is null || _run.Status.Phase.IsTerminal() ? _snapshot.ToStatus() : _run.Status;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        if (state.RecordExists && serializer.Deserialize<JobSnapshot>(state.State.Payload) is { } known) _snapshot = known;
        if (_snapshot.Request is not null && !_snapshot.Phase.IsTerminal()) Start();
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _leaving = true;
        await _stop.CancelAsync();
        await _loop;
        // Nobody came for the results: the workers need not keep them.
        if (reason.ReasonCode == DeactivationReasonCode.ActivationIdle && _run is not null) await _run.ReleaseAsync();
    }

    public void Dispose() => _stop.Dispose();

    public async Task<JobStatus> Submit(ReductionRequest request)
    {
        if (_snapshot.Request is not null) return await Status();
        if (request.Contract != ContractVersion.Current)
        {
            return new JobStatus(JobPhase.Failed, null, FaultKind.Call,
                $"The request keeps contract {request.Contract}, this cluster {ContractVersion.Current}: use a client of the cluster's version.");
        }

        _snapshot = new JobSnapshot { Request = request, Phase = JobPhase.Planning };
        await SaveAsync(_snapshot);
        Start();
        return await Status();
    }

    public Task<JobStatus> Status() => Task.FromResult(Current);

    public async Task<JobStatus> Cancel()
    {
        await _stop.CancelAsync();
        await _loop;
        return await Status();
    }

    public async IAsyncEnumerable<JobProgress> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (_snapshot.Request is not null)
        {
            var pulse = _pulse.Task;
            if (_sequence > afterSequence)
            {
                afterSequence = _sequence;
                yield return Progress();
                continue;
            }

            if (_snapshot.Phase.IsTerminal()) yield break;
            await pulse.WaitAsync(cancellationToken);
        }
    }

    public Task<ResultPage> Results(int first)
    {
        var all = _run?.Results ?? [];
        var (count, bytes) = (0, 0L);
        while (first + count < all.Length && bytes < PageBytes) bytes += SliceOverhead + (all[first + count++].Block.Inline?.Bytes.Length ?? 0);
        return Task.FromResult(new ResultPage(all.Slice(first, count), all.Length));
    }

    public Task Release() => _run?.ReleaseAsync() ?? Task.CompletedTask;

    JobProgress Progress() => _run?.ToProgress(_sequence) is { } progress
        ? progress with { Phase = Current.Phase }
        : new JobProgress(_sequence, _snapshot.Phase, _snapshot.Shape?.Pairs ?? 0, _snapshot.Shape?.Pairs ?? 0, []);

    void Start()
    {
        _run = new JobRun(this.GetPrimaryKeyString(), _snapshot, GrainFactory, membership, serializer, time, OnChangedAsync);
        // A background loop alone would not keep the grain from being collected.
        _alive = this.RegisterGrainTimer(static _ => Task.CompletedTask, new GrainTimerCreationOptions(AliveInterval, AliveInterval) { KeepAlive = true });
        _loop = RunAsync(_run);
    }

    async Task RunAsync(JobRun run)
    {
        await Task.Yield();
        var end = new JobSnapshot();
        try
        {
            await run.RunAsync(_stop.Token);
            end = run.Snapshot;
        }
        catch (OperationCanceledException) when (_leaving)
        {
            // Goes on elsewhere, from what was written down.
            return;
        }
        catch (InconsistentStateException error)
        {
            LogFenced(error, this.GetPrimaryKeyString());
            DeactivateOnIdle();
            return;
        }
        catch (OperationCanceledException)
        {
            end = run.Snapshot with { Phase = JobPhase.Cancelled };
        }
        catch (Exception error)
        {
            var fault = KeopsFaultException.From(error);
            LogFailed(error, this.GetPrimaryKeyString());
            end = run.Snapshot with { Phase = JobPhase.Failed, Fault = fault.Kind, Message = fault.Message };
        }

        await EndAsync(run, end);
    }

    async Task EndAsync(JobRun run, JobSnapshot end)
    {
        // Without a result to fetch there is nothing to keep.
        if (end.Phase != JobPhase.Done || end.Request?.Output is not null)
        {
            await run.ReleaseAsync();
            await run.DiscardAsync();
        }

        try
        {
            await SaveAsync(end);
        }
        catch (Exception error)
        {
            LogNotSaved(error, this.GetPrimaryKeyString());
        }

        _snapshot = end;
        _alive?.Dispose();
        Pulse();
    }
}
