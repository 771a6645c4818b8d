using System.Collections.Immutable;
using System.Threading.Channels;
using Distributed.Keops.Contracts;
using Distributed.Keops.Grains.Scheduling;
using Distributed.Keops.Kernels.Plans;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>
/// Carries a job out, from its snapshot on: what its former lives have computed is asked for, the rest handed out. Everything happens on
/// the
/// scheduler of the job's grain.
/// <code>
/// scheduler ──next──▶ worker.Run / Merge (awaited: the lease) ──receipt──▶ scheduler ──all i-blocks stand──▶ worker.Assemble
/// </code>
/// </summary>
sealed partial class JobRun(
    string job,
    JobSnapshot start,
    IGrainFactory grains,
    IClusterMembershipService membership,
    SchedulerOptions options,
    EngineMetrics metrics,
    TimeProvider time,
    Func<bool, Task> changed)
{
    // Bytes of small blocks that the coordinator keeps, so that they outlive their workers.
    const long MaxInlineBytes = 64L << 20;

    static readonly TimeSpan Beat = TimeSpan.FromMilliseconds(250);

    // Who joins or is gone need not be known before.
    static readonly TimeSpan RefreshInterval = TimeSpan.FromMilliseconds(50);

    // How long a job waits for all to be ready before it begins with those who are.
    static readonly TimeSpan JoinPatience = TimeSpan.FromSeconds(0.5);

    // How long those who may hold something of a former life are waited for.
    static readonly TimeSpan RecallPatience = TimeSpan.FromSeconds(5);

    readonly WorkerPool _pool = new(grains, membership, time) { EngineId = start.EngineId, Shape = start.Shape };
    readonly Channel<Answer> _answers = Channel.CreateUnbounded<Answer>();
    readonly long _began = time.GetTimestamp();
    JobSnapshot _snapshot = start;
    JobLedger? _ledger;
    JobScheduler? _scheduler;
    TimeSpan _nextRefresh;
    long _inlineBytes;
    int _calls;

    /// <summary>What is to be remembered.</summary>
    public JobSnapshot Snapshot => _snapshot;

    /// <summary>Where the job is.</summary>
    public JobStatus Status => _snapshot.ToStatus();

    /// <summary>The results, once they all stand; ascending by batch and row.</summary>
    public ImmutableArray<ResultSlice> Results { get; private set; } = [];

    TimeSpan Now => time.GetElapsedTime(_began);

    /// <summary>Pairs that stand.</summary>
    public double PairsDone => _ledger?.PairsDone ?? 0;

    /// <summary>What the tasks of this life came to.</summary>
    public JobTasks Tasks => _scheduler is { } s ? new JobTasks(s.Done, s.Retried, s.Duplicated) : default;

    /// <summary>What workers did in this life, one entry for each process.</summary>
    public IEnumerable<WorkerProgress> Workers => _pool.Known.Select(w => w.ToProgress(_pool.TakesPart(w)));

    /// <summary>Carries the job out.</summary>
    /// <exception cref="KeopsFaultException">It can't be carried out.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled; nothing of the job is waited for any more.</exception>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var calls = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            var opening = await OpenAsync(cancellationToken);
            var (ledger, scheduler) = await PlanAsync(opening, calls.Token);
            do
            {
                while (!ledger.IsComplete) await StepAsync(opening, scheduler, calls.Token);
            }
            while (!await WriteAsync(opening, ledger, scheduler, calls.Token));

            if (opening.Request.Output is null) await RequireUnchangedAsync(cancellationToken);
            Results = Slices(ledger);
            _snapshot = _snapshot with { Phase = JobPhase.Done };
        }
        finally
        {
            // Copies of what stands already; calls end at once when they are cancelled, and their answers are of no use any more.
            await calls.CancelAsync();
            while (_calls > 0)
            {
                await _answers.Reader.ReadAsync(CancellationToken.None);
                _calls--;
            }

            // One that joined later would stage results for an output that stands.
            await _pool.LeaveAsync();
        }
    }

    /// <summary>Lets all workers forget the job.</summary>
    public Task ReleaseAsync() => Task.WhenAll(_pool.ActiveSilos().Select(silo => IgnoringTheGone(() => grains.GetGrain<IWorkerGrain>(silo).Release(job))));

    /// <summary>Deletes what waits in the lake for the job's output. All workers must have forgotten the job.</summary>
    /// <returns>Whether it is gone; if not, no silo was there to do it.</returns>
    public async Task<bool> DiscardAsync()
    {
        if (_snapshot.Request!.Output is not { } output) return true;
        foreach (var silo in _pool.ActiveSilos().Order(StringComparer.Ordinal))
        {
            // One that has just died still counts as active.
            if (await IgnoringTheGone(() => grains.GetGrain<IWorkerGrain>(silo).Discard(job, output))) return true;
        }

        return false;
    }

    static async Task<bool> IgnoringTheGone(Func<Task> call)
    {
        try
        {
            await call();
            return true;
        }
        catch (KeopsFaultException)
        {
            // Where nothing could be staged, as outside of the lake, nothing can be discarded.
            return true;
        }
        catch (Exception error) when (Transient.Is(error))
        {
            // A silo that is gone has forgotten everything.
            return false;
        }
    }

    /// <summary>Looks at the inputs, and finds workers for them.</summary>
    async Task<JobOpening> OpenAsync(CancellationToken cancellationToken)
    {
        var request = _snapshot.Request!;
        if (_snapshot.Shape is null)
        {
            var specs = request.Variables.Select(v => v.Source).OfType<CloudSource>().Select(c => c.Spec).Distinct();
            _snapshot = _snapshot with { Sources = [.. await Task.WhenAll(specs.Select(spec => DescribeAsync(spec, cancellationToken)))] };
        }

        while (!await _pool.ChooseEngineAsync(request.Contract)) await Task.Delay(Beat, time, cancellationToken);
        return new JobOpening(job, request, _snapshot.Sources, JobIdentity.Of(request, _snapshot.Sources));
    }

    /// <summary>
    /// Looks at the inputs again: workers may have read them before they changed. Where there is an output its writer does it.
    /// </summary>
    async Task RequireUnchangedAsync(CancellationToken cancellationToken)
    {
        var now = await Task.WhenAll(_snapshot.Sources.Select(source => DescribeAsync(source.Spec, cancellationToken)));
        foreach (var (before, after) in _snapshot.Sources.Zip(now)) DatasetVersion.RequireSame(before, after);
    }

    async Task<DatasetInfo> DescribeAsync(string spec, CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                return await grains.GetGrain<IDatasetGrain>(spec).Describe();
            }
            catch (Exception error) when (Transient.Is(error))
            {
                await Task.Delay(Beat, time, cancellationToken);
            }
        }
    }

    /// <summary>Makes the plan's ledger, with what former lives have left in it.</summary>
    async Task<(JobLedger Ledger, JobScheduler Scheduler)> PlanAsync(JobOpening opening, CancellationToken cancellationToken)
    {
        var isResumed = _snapshot.Shape is not null;
        var patience = Now + (isResumed ? RecallPatience : JoinPatience);
        var joined = (await _pool.RefreshAsync(opening, cancellationToken)).Joined.ToList();
        while (_pool.Workers.Count == 0 || (!_pool.HaveAllAnswered && Now < patience))
        {
            await WaitAsync(_ => _pool.Answer, cancellationToken);
            joined.AddRange((await _pool.RefreshAsync(opening, cancellationToken)).Joined);
        }

        joined.AddRange((await _pool.RefreshAsync(opening, cancellationToken)).Joined);
        _snapshot = _snapshot with { Shape = _pool.Shape, EngineId = _pool.EngineId };
        var shape = _pool.Shape!;
        var plan = shape.ToPlan();
        var pairs = shape.ToPairs(plan);
        // Intervals of ranges have leaves of their own: only whole blocks are handed out.
        var ledger = _ledger = new JobLedger(plan, pairs, wholeBlocks: shape.HasRanges);
        var scheduler = _scheduler = new JobScheduler(ledger, pairs, (long)shape.RowBytes * plan.BlockRows, options);
        if (isResumed || opening.Request.Output is not null) ledger.Restore(await RecallAsync(opening, cancellationToken));
        foreach (var worker in joined.Where(_pool.Workers.Contains)) scheduler.Join(worker.Schedule);
        _snapshot = _snapshot with { Phase = JobPhase.Running };
        await changed(true);
        return (ledger, scheduler);
    }

    /// <summary>Waits for something, but for no longer than a beat.</summary>
    async Task WaitAsync(Func<CancellationToken, Task> what, CancellationToken cancellationToken)
    {
        using var beat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(what(beat.Token), Task.Delay(Beat, time, beat.Token));
        await beat.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    ImmutableArray<ResultSlice> Slices(JobLedger ledger)
    {
        var plan = _snapshot.Shape!.ToPlan();
        return [.. ledger.Results.Select(result =>
        {
            var (firstRow, rows) = plan.RowsOf(result.Slot.FirstBlock, result.Slot.Blocks);
            return new ResultSlice(result.Slot.Batch, firstRow, (int)rows, ((ReceiptFill)result.Fill).Receipt.Block);
        })];
    }

    /// <summary>A receipt in its slot. Small blocks are in the receipt itself and can't be lost with their worker.</summary>
    sealed record ReceiptFill(TaskReceipt Receipt) : SlotFill(Receipt.EngineId, Receipt.Checksum, Receipt.Block.Holder);

    /// <summary>How a call ended.</summary>
    readonly record struct Answer(JobWorker Worker, Assignment Assignment, TaskReceipt? Receipt, Exception? Error);
}
