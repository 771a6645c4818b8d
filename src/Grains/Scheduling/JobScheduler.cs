using System.Diagnostics.CodeAnalysis;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains.Scheduling;

/// <summary>
/// Decides who does what next: merges to those who hold a side of them, tasks sized by the speed of who takes them, and, when nothing is
/// left to hand out, copies of what takes too long to those who have nothing to do. Pure bookkeeping over a clock that it is told; calls,
/// timers and messages are the job's. Not safe for several threads.
/// </summary>
/// <param name="ledger">What is due.</param>
/// <param name="pairs">How much work it is.</param>
/// <param name="blockBytes">What a worker holds of an i-block: rows and states.</param>
/// <param name="options">How work is shared out.</param>
sealed class JobScheduler(JobLedger ledger, PairCounts pairs, long blockBytes, SchedulerOptions options)
{
    readonly SortedSet<SchedulerWorker> _withRoom = new(Comparer<SchedulerWorker>.Create((a, b) => a.Place.CompareTo(b.Place)));
    readonly HashSet<SchedulerWorker> _workers = [];
    readonly Dictionary<PlanTask, List<Assignment>> _running = [];
    double _rate;
    long _turn;

    /// <summary>Everyone who takes part.</summary>
    public IReadOnlyCollection<SchedulerWorker> Workers => _workers;

    /// <summary>Pairs a second of all workers.</summary>
    public double Rate => _rate;

    /// <summary>The number of pieces of work handed out and not come back.</summary>
    public int Outstanding { get; private set; }

    /// <summary>Receipts that filled a slot.</summary>
    public long Done { get; private set; }

    /// <summary>Work that came back undone, or was lost after it was done.</summary>
    public long Retried { get; private set; }

    /// <summary>Copies handed out of work that took too long.</summary>
    public long Duplicated { get; private set; }

    /// <summary>A worker takes part from now on.</summary>
    public void Join(SchedulerWorker worker)
    {
        if (!_workers.Add(worker)) return;
        _rate += worker.Rate;
        Place(worker);
    }

    /// <summary>A worker gets nothing any more; what it has in hand comes back by itself.</summary>
    public void Leave(SchedulerWorker worker)
    {
        if (!_workers.Remove(worker)) return;
        _rate = _workers.Count == 0 ? 0 : _rate - worker.Rate;
        _withRoom.Remove(worker);
    }

    /// <summary>All that a process held is lost.</summary>
    public void Lose(string holder) => ledger.Lose(holder);

    /// <summary>What to hand out next.</summary>
    /// <param name="now">The time.</param>
    /// <param name="assignment">What, and to whom.</param>
    /// <returns>Whether there is anything for anyone now.</returns>
    public bool TryNext(TimeSpan now, [NotNullWhen(true)] out Assignment? assignment)
    {
        foreach (var worker in _withRoom)
        {
            var most = Math.Max(1, worker.TaskBytes / Math.Max(1, blockBytes));
            if (!ledger.TryTakeMerge(worker.Holder, out var slot))
            {
                if (!worker.HasIdleLane && !IsPlentyFor(worker, now)) continue;
                if (!ledger.TryTake(worker.Holder, Wanted(worker), most, out slot))
                {
                    if (!ledger.HasDueMerges) break;
                    continue;
                }
            }

            assignment = Begin(worker, slot, isDuplicate: false, now);
            return true;
        }

        return TryDuplicate(now, out assignment);
    }

    /// <summary>A receipt has come.</summary>
    /// <returns>Whether it was the first for its slot.</returns>
    /// <exception cref="NondeterministicTaskException">Another one on an equal engine said otherwise.</exception>
    public bool Complete(Assignment assignment, SlotFill fill, TimeSpan elapsed, TimeSpan now)
    {
        End(assignment, now);
        var before = assignment.Worker.Rate;
        assignment.Worker.Measure(assignment.Pairs, elapsed);
        if (_workers.Contains(assignment.Worker)) _rate += assignment.Worker.Rate - before;
        if (!ledger.Fill(assignment.Slot, fill)) return false;
        Done++;
        return true;
    }

    /// <summary>Work came back undone through no fault of its own.</summary>
    public void GiveBack(Assignment assignment, TimeSpan now)
    {
        End(assignment, now);
        if (_running.ContainsKey(assignment.Slot) || ledger[assignment.Slot] is not null) return;
        Retried++;
        ledger.GiveBack(assignment.Slot);
    }

    /// <summary>Work has failed.</summary>
    /// <returns>All causes, when it has failed too often; else null.</returns>
    public IReadOnlyList<string>? Fail(Assignment assignment, string cause, TimeSpan now)
    {
        End(assignment, now);
        Retried++;
        // A copy that still runs may succeed; until then it is not due.
        return ledger.Fail(assignment.Slot, assignment.Worker.Holder, cause, isLent: _running.ContainsKey(assignment.Slot));
    }

    /// <summary>
    /// Whether a task may wait behind what a worker has in hand: while what is due keeps everyone busy until the worker comes to it. Of the
    /// last tasks none waits, or one worker would have two of them while another has nothing to do.
    /// </summary>
    bool IsPlentyFor(SchedulerWorker worker, TimeSpan now) =>
        ledger.PairsDue >= _rate * worker.Running.Min(r => r.Remaining(now)).TotalSeconds;

    /// <summary>How many pairs a worker's next task should have.</summary>
    double Wanted(SchedulerWorker worker)
    {
        // Nothing is known yet: everyone gets a little, and no one all of a small job.
        if (!worker.IsMeasured) return Math.Min(worker.LaneRate * options.ShortTask.TotalSeconds, ledger.PairsDue / (2.0 * _workers.Count));
        var rest = _rate > 0 ? ledger.PairsDue / _rate : 0;
        var seconds = Math.Clamp(options.PartOfRest * rest, options.ShortTask.TotalSeconds, options.Task.TotalSeconds);
        return worker.LaneRate * seconds;
    }

    /// <summary>Hands what will take longest to one who has nothing to do and would be done with it much sooner.</summary>
    bool TryDuplicate(TimeSpan now, [NotNullWhen(true)] out Assignment? copy)
    {
        copy = null;
        if (ledger.HasDue || _withRoom.Min is not { HasIdleLane: true }) return false;
        // What stands already is only waited for where its copy was faster: another copy would keep the next slow one waiting.
        var slow = _running.Values.Where(r => r is [{ IsMerge: false }] && ledger[r[0].Slot] is null)
            .Select(r => (Assignment: r[0], Remaining: r[0].Remaining(now)))
            .Where(r => r.Remaining > options.DuplicateGain).OrderByDescending(r => r.Remaining).Take(_workers.Count);
        foreach (var (assignment, remaining) in slow)
        {
            var helper = _withRoom.TakeWhile(w => w.HasIdleLane)
                .Where(w => w != assignment.Worker && w.EngineId == assignment.Worker.EngineId)
                .MaxBy(w => w.LaneRate);
            if (helper is null || remaining < options.DuplicateAt * helper.TimeFor(assignment.Pairs) + options.DuplicateGain) continue;
            Duplicated++;
            copy = Begin(helper, assignment.Slot, isDuplicate: true, now);
            return true;
        }

        return false;
    }

    Assignment Begin(SchedulerWorker worker, PlanTask slot, bool isDuplicate, TimeSpan now)
    {
        var isMerge = ledger.IsMerge(slot);
        var assignment = new Assignment(worker, slot, isMerge ? 0 : pairs.Of(slot), isMerge, isDuplicate);
        if (!_running.TryGetValue(slot, out var same)) _running.Add(slot, same = []);
        same.Add(assignment);
        Outstanding++;
        _withRoom.Remove(worker);
        worker.Begin(assignment, now);
        Place(worker);
        return assignment;
    }

    void End(Assignment assignment, TimeSpan now)
    {
        var same = _running[assignment.Slot];
        same.Remove(assignment);
        if (same.Count == 0) _running.Remove(assignment.Slot);
        Outstanding--;
        _withRoom.Remove(assignment.Worker);
        assignment.Worker.End(assignment, now);
        Place(assignment.Worker);
    }

    void Place(SchedulerWorker worker)
    {
        if (!worker.HasRoom || !_workers.Contains(worker)) return;
        worker.Place = (worker.Running.Count, ++_turn);
        _withRoom.Add(worker);
    }
}
