using Distributed.Keops.Grains.Scheduling;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains.Tests.Scheduling;

/// <summary>What a simulated cluster is like.</summary>
/// <param name="Workers">How many workers there are.</param>
/// <param name="Failures">The part of tasks that fail; none does so often enough to end the job.</param>
/// <param name="Stragglers">The part of tasks that take ten times as long.</param>
/// <param name="Deaths">The part of workers that die, with all they hold, at some time in the first half; others take their places
/// later.</param>
/// <param name="Slowest">The speed of the slowest worker, as a part of the fastest's.</param>
sealed record SimulatedConditions(int Workers, double Failures = 0, double Stragglers = 0, double Deaths = 0, double Slowest = 1);

/// <summary>
/// The scheduler and the ledger of the product under workers and a clock that are not: events come out of a queue in the order of their
/// times.
/// </summary>
sealed class SimulatedCluster
{
    const double PairsPerSecond = 1e9;
    const double Overhead = 0.002;

    readonly PriorityQueue<Action, (TimeSpan, long)> _events = new();
    readonly SimulatedConditions _conditions;
    readonly Random _random;
    readonly JobLedger _ledger;
    readonly JobScheduler _scheduler;
    readonly Dictionary<Assignment, bool> _calls = [];
    readonly Dictionary<SchedulerWorker, double> _speeds = [];
    readonly HashSet<SchedulerWorker> _dead = [];
    readonly Dictionary<PlanTask, int> _failures = [];
    readonly Plan _plan;
    TimeSpan _now;
    long _sequence;

    public SimulatedCluster(Plan plan, SimulatedConditions conditions, SchedulerOptions options, int seed)
    {
        (_plan, _conditions, _random) = (plan, conditions, new Random(seed));
        var pairs = new PairCounts(plan);
        _ledger = new JobLedger(plan, pairs);
        _scheduler = new JobScheduler(_ledger, pairs, blockBytes: 1, options);
        for (var n = 0; n < conditions.Workers; n++)
        {
            var worker = AddWorker();
            if (_random.NextDouble() >= conditions.Deaths) continue;
            var seconds = _random.NextDouble() * plan.Pairs / (conditions.Workers * PairsPerSecond) / 2;
            After(seconds, () => Kill(worker));
            After(seconds + 10, () =>
            {
                AddWorker();
                HandOut();
            });
        }
    }

    public JobLedger Ledger => _ledger;

    public JobScheduler Scheduler => _scheduler;

    /// <summary>The simulated time.</summary>
    public TimeSpan Elapsed => _now;

    /// <summary>The time that work without any trouble would have taken.</summary>
    public TimeSpan Ideal => TimeSpan.FromSeconds(_plan.Pairs / _speeds.Where(s => !_dead.Contains(s.Key)).Sum(s => s.Value));

    /// <summary>Calls made.</summary>
    public long Calls { get; private set; }

    /// <summary>Those of them that were no merges.</summary>
    public long Tasks { get; private set; }

    /// <summary>Tasks that failed.</summary>
    public long Failed { get; private set; }

    /// <summary>Runs until the job is complete.</summary>
    public void Run()
    {
        HandOut();
        while (!_ledger.IsComplete)
        {
            Assert.True(_events.TryDequeue(out var next, out var at), "Nothing runs and nothing is due, but the job is not complete.");
            _now = at.Item1;
            next();
        }
    }

    SchedulerWorker AddWorker()
    {
        var speed = PairsPerSecond * (_conditions.Slowest + (1 - _conditions.Slowest) * _random.NextDouble());
        // The guess is far from the truth, as it is where nothing has run yet.
        var worker = new SchedulerWorker($"w{_sequence++}", "sim", 1, 5e8);
        _speeds[worker] = speed;
        _scheduler.Join(worker);
        return worker;
    }

    void Kill(SchedulerWorker worker)
    {
        _dead.Add(worker);
        _scheduler.Leave(worker);
        _scheduler.Lose(worker.Holder);
        // Its calls end with an error as soon as its death is known.
        foreach (var call in worker.Running.ToList())
        {
            _calls.Remove(call);
            _scheduler.GiveBack(call, _now);
        }

        HandOut();
    }

    void HandOut()
    {
        while (_scheduler.TryNext(_now, out var assignment))
        {
            Calls++;
            if (!assignment.IsMerge) Tasks++;
            _calls[assignment] = true;
            // One that waits in its worker's queue starts when the one before it ends.
            if (assignment.Since is not null) Start(assignment);
        }
    }

    void Start(Assignment assignment)
    {
        var seconds = Overhead + assignment.Pairs / _speeds[assignment.Worker];
        if (_random.NextDouble() < _conditions.Stragglers) seconds *= 10;
        var fails = !assignment.IsMerge && _random.NextDouble() < _conditions.Failures
            && _failures.GetValueOrDefault(assignment.Slot) < JobLedger.MaxFailures - 1;
        if (fails) _failures[assignment.Slot] = _failures.GetValueOrDefault(assignment.Slot) + 1;
        After(seconds, () => End(assignment, seconds, fails));
    }

    void End(Assignment assignment, double seconds, bool fails)
    {
        // It died meanwhile.
        if (!_calls.Remove(assignment)) return;
        if (fails)
        {
            Failed++;
            Assert.Null(_scheduler.Fail(assignment, "simulated", _now));
        }
        else
        {
            var holder = _random.Next(2) == 0 ? assignment.Worker.Holder : null;
            _scheduler.Complete(
                assignment,
                new SlotFill("sim", (ulong)assignment.Slot.GetHashCode(), holder),
                TimeSpan.FromSeconds(seconds - Overhead), _now);
        }

        if (assignment.Worker.Running is [{ } next, ..]) Start(next);
        HandOut();
    }

    void After(double seconds, Action action) => _events.Enqueue(action, (_now + TimeSpan.FromSeconds(seconds), _sequence++));
}
