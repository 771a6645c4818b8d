using Distributed.Keops.Contracts;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>
/// The workers of a job: those of all active silos that keep the same contract and run the same engine, each told of the job. A worker that
/// does not answer is left alone for a while and then asked again.
/// </summary>
sealed class WorkerPool(IGrainFactory grains, IClusterMembershipService membership, TimeProvider time)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(300);

    readonly Dictionary<string, JobWorker> _workers = new(StringComparer.Ordinal);
    readonly Dictionary<string, DateTimeOffset> _pausedUntil = new(StringComparer.Ordinal);
    readonly Dictionary<string, string> _seen = new(StringComparer.Ordinal);
    readonly HashSet<string> _unfit = new(StringComparer.Ordinal);
    MembershipVersion? _version;

    public IReadOnlyCollection<JobWorker> Workers => _workers.Values;

    /// <summary>The engine of all workers; chosen by the first refresh unless it is set: the one with most threads.</summary>
    public string? EngineId { get; set; }

    /// <summary>What the first worker found the job's sizes to be.</summary>
    public JobShape? Shape { get; set; }

    /// <summary>Leaves a worker alone for a while.</summary>
    public void Drop(JobWorker worker)
    {
        if (_workers.TryGetValue(worker.Info.Silo, out var current) && current == worker) _workers.Remove(worker.Info.Silo);
        _pausedUntil[worker.Info.Silo] = time.GetUtcNow() + Pause;
    }

    /// <summary>Looks who is there.</summary>
    /// <returns>The processes that are gone, and all they held.</returns>
    /// <exception cref="KeopsFaultException">A worker can't open the job.</exception>
    public async Task<IReadOnlyList<string>> RefreshAsync(JobOpening opening, CancellationToken cancellationToken)
    {
        var snapshot = membership.CurrentSnapshot;
        var active = snapshot.Members.Values.Where(m => m.Status == SiloStatus.Active).Select(m => m.Name)
            .ToHashSet(StringComparer.Ordinal);
        var gone = new List<string>();
        if (_version != snapshot.Version)
        {
            _version = snapshot.Version;
            foreach (var name in _seen.Keys.Where(n => !active.Contains(n)).ToList())
            {
                gone.Add(_seen[name]);
                _seen.Remove(name);
                _workers.Remove(name);
                _unfit.Remove(name);
            }
        }

        var now = time.GetUtcNow();
        var asked = active.Where(
            n => !_workers.ContainsKey(n) && !_unfit.Contains(n) && !(_pausedUntil.TryGetValue(n, out var until) && until > now)).ToList();
        if (asked.Count == 0) return gone;
        var answers = (await Task.WhenAll(asked.Select(HelloAsync))).OfType<WorkerInfo>().ToList();
        foreach (var info in answers)
        {
            var holder = info.Incarnation.ToString("n");
            // A silo of the same name that came back has nothing of what it had.
            if (_seen.TryGetValue(info.Silo, out var before) && before != holder) gone.Add(before);
            _seen[info.Silo] = holder;
        }

        var able = answers.Where(i => i.Contract == opening.Request.Contract).ToList();
        EngineId ??= able.GroupBy(i => i.EngineId).OrderByDescending(g => g.Sum(i => i.Threads)).ThenBy(g => g.Key, StringComparer.Ordinal)
            .FirstOrDefault()?.Key;
        foreach (var info in answers.Where(i => i.Contract != opening.Request.Contract || i.EngineId != EngineId)) _unfit.Add(info.Silo);
        await Task.WhenAll(able.Where(i => i.EngineId == EngineId).Select(i => OpenAsync(i, opening, cancellationToken)));
        return gone;
    }

    async Task<WorkerInfo?> HelloAsync(string silo)
    {
        try
        {
            return await grains.GetGrain<IWorkerGrain>(silo).Hello();
        }
        catch (Exception error) when (Transient.Is(error))
        {
            _pausedUntil[silo] = time.GetUtcNow() + Pause;
            return null;
        }
    }

    async Task OpenAsync(WorkerInfo info, JobOpening opening, CancellationToken cancellationToken)
    {
        try
        {
            var worker = new JobWorker(info, grains.GetGrain<IWorkerGrain>(info.Silo));
            var shape = await worker.Grain.Open(opening, cancellationToken);
            Shape ??= shape;
            if (shape != Shape)
                throw new KeopsFaultException(
                    FaultKind.Data, $"The silo {info.Silo} sees other data than the rest: {shape} instead of {Shape}.");
            _workers[info.Silo] = worker;
        }
        catch (Exception error)
            when (Transient.Is(error) || error is KeopsFaultException { Kind: FaultKind.Stopping or FaultKind.Transient })
        {
            _pausedUntil[info.Silo] = time.GetUtcNow() + Pause;
        }
    }
}
