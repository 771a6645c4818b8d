using Distributed.Keops.Contracts;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>
/// The workers of a job: those of all active silos that keep the same contract and run the same engine, each told of the job before it
/// takes
/// part. Nobody waits for one that is slow to answer; one that does not answer is left alone for a while and then asked again.
/// </summary>
sealed class WorkerPool(IGrainFactory grains, IClusterMembershipService membership, TimeProvider time)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    // Who has not said hello by then does not take part in the choice of the engine.
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    readonly Dictionary<string, JobWorker> _workers = new(StringComparer.Ordinal);
    readonly Dictionary<string, DateTimeOffset> _pausedUntil = new(StringComparer.Ordinal);
    readonly Dictionary<string, Task<JobWorker?>> _joining = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _holders = new(StringComparer.Ordinal);
    readonly Dictionary<string, JobWorker> _known = new(StringComparer.Ordinal);
    readonly HashSet<string> _unfit = new(StringComparer.Ordinal);

    /// <summary>Those that take part now.</summary>
    public IReadOnlyCollection<JobWorker> Workers => _workers.Values;

    /// <summary>All that ever took part, one for each process.</summary>
    public IReadOnlyCollection<JobWorker> Known => _known.Values;

    /// <summary>The worker in a process that takes part, or did.</summary>
    public JobWorker Of(string holder) => _known[holder];

    /// <summary>
    /// The engine of all workers, so that a job's results are of one; null until <see cref="ChooseEngineAsync"/> has found one.
    /// </summary>
    public string? EngineId { get; set; }

    /// <summary>What the first worker found the job's sizes to be.</summary>
    public JobShape? Shape { get; set; }

    /// <summary>Ends when one of those that were asked last has answered; never when nobody was asked.</summary>
    public Task Answer => _joining.Count == 0 ? Task.Delay(Timeout.Infinite) : Task.WhenAny(_joining.Values);

    /// <summary>Whether all that were asked have answered.</summary>
    public bool HaveAllAnswered => _joining.Values.All(answer => answer.IsCompleted);

    /// <summary>Whether a worker takes part now.</summary>
    public bool TakesPart(JobWorker worker) => _workers.GetValueOrDefault(worker.Info.Silo) == worker;

    /// <summary>Leaves a worker alone for a while.</summary>
    public void Drop(JobWorker worker)
    {
        if (_workers.TryGetValue(worker.Info.Silo, out var current) && current == worker) _workers.Remove(worker.Info.Silo);
        _pausedUntil[worker.Info.Silo] = time.GetUtcNow() + Pause;
    }

    /// <summary>Chooses the engine that most threads of the cluster run, unless one is chosen.</summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> ChooseEngineAsync(int contract)
    {
        if (EngineId is not null) return true;
        var hellos = await Task.WhenAll(ActiveSilos().Select(async silo =>
        {
            try
            {
                return await grains.GetGrain<IWorkerGrain>(silo).Hello().WaitAsync(Patience, time);
            }
            catch (Exception error) when (Transient.Is(error))
            {
                return null;
            }
        }));
        EngineId = hellos.OfType<WorkerInfo>().Where(i => i.Contract == contract).GroupBy(i => i.EngineId)
            .OrderByDescending(g => g.Sum(i => i.Threads)).ThenBy(g => g.Key, StringComparer.Ordinal).FirstOrDefault()?.Key;
        return EngineId is not null;
    }

    /// <summary>Looks who is there, and asks the new ones to take part.</summary>
    /// <returns>The names of the processes that are gone with all they held, and the workers that take part from now on.</returns>
    /// <exception cref="KeopsFaultException">A worker can't open the job.</exception>
    public async Task<(IReadOnlyList<string> Gone, IReadOnlyList<JobWorker> Joined)> RefreshAsync(JobOpening opening, CancellationToken cancellationToken)
    {
        var active = ActiveSilos();
        var gone = new List<string>();
        var joined = new List<JobWorker>();
        foreach (var silo in _holders.Keys.Where(n => !active.Contains(n)).ToList()) Forget(silo, gone);
        foreach (var (silo, joining) in _joining.Where(j => j.Value.IsCompleted).ToList())
        {
            _joining.Remove(silo);
            if (await joining is not { } worker || !active.Contains(silo)) continue;
            // A silo of the same name that came back has nothing of what it had.
            if (_holders.TryGetValue(silo, out var before) && before != worker.Schedule.Holder) Forget(silo, gone);
            _holders[silo] = worker.Schedule.Holder;
            _known[worker.Schedule.Holder] = _workers[silo] = worker;
            joined.Add(worker);
        }

        var now = time.GetUtcNow();
        foreach (var silo in active)
        {
            if (_workers.ContainsKey(silo) || _joining.ContainsKey(silo) || _unfit.Contains(silo)) continue;
            if (_pausedUntil.TryGetValue(silo, out var until) && until > now) continue;
            _joining[silo] = JoinAsync(silo, opening, cancellationToken);
        }

        return (gone, joined);
    }

    /// <summary>Waits until nobody is being asked any more. The token of those who were asked must be cancelled.</summary>
    public async Task LeaveAsync() =>
        await ((Task)Task.WhenAll(_joining.Values)).ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext | ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>The names of all silos that are up.</summary>
    public HashSet<string> ActiveSilos() =>
        membership.CurrentSnapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.Name).ToHashSet(StringComparer.Ordinal);

    void Forget(string silo, List<string> gone)
    {
        gone.Add(_holders[silo]);
        _holders.Remove(silo);
        _workers.Remove(silo);
        _unfit.Remove(silo);
    }

    /// <summary>Null when the silo does not answer now, or never can.</summary>
    async Task<JobWorker?> JoinAsync(string silo, JobOpening opening, CancellationToken cancellationToken)
    {
        try
        {
            var grain = grains.GetGrain<IWorkerGrain>(silo);
            var info = await grain.Hello().WaitAsync(cancellationToken);
            if (info.Contract != opening.Request.Contract || info.EngineId != EngineId)
            {
                _unfit.Add(silo);
                return null;
            }

            var shape = await grain.Open(opening, cancellationToken);
            Shape ??= shape;
            if (shape != Shape) throw new KeopsFaultException(FaultKind.Data, $"The silo {silo} sees other data than the rest: {shape} instead of {Shape}.");
            // One that was only left alone for a while is the worker it was.
            return _known.GetValueOrDefault(info.Incarnation.ToString("n")) ?? new JobWorker(info, grain);
        }
        catch (Exception error) when (Transient.Is(error) || error is KeopsFaultException { Kind: FaultKind.Stopping or FaultKind.Transient })
        {
            _pausedUntil[silo] = time.GetUtcNow() + Pause;
            return null;
        }
    }
}
