using System.Diagnostics.Metrics;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>
/// The numbers of the meter <c>Keops.Engine</c>, one place for all of them; docs/operations.md says what each means. Safe for several
/// threads. Jobs are never tags: there are too many of them.
/// </summary>
public sealed class EngineMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "Keops.Engine";

    const string Kind = "kind", Outcome = "outcome", Direction = "direction", Phase = "phase";

    readonly Counter<long> _tasks, _retried, _duplicated, _bytes, _jobs;
    readonly Counter<double> _pairs, _busy;
    readonly Histogram<double> _duration;

    /// <summary>Creates the meter's instruments.</summary>
    /// <param name="meters">Owns the meter.</param>
    public EngineMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        _tasks = meter.CreateCounter<long>("keops.tasks", "{task}", "Tasks that a worker ended, by kind and outcome.");
        _retried = meter.CreateCounter<long>("keops.tasks.retried", "{task}", "Tasks handed out again after a loss or a failure.");
        _duplicated = meter.CreateCounter<long>(
            "keops.tasks.duplicated", "{task}", "Tasks handed to a second worker while a first still had them.");
        _duration = meter.CreateHistogram<double>("keops.task.duration", "s", "Time of a task on the lane, by kind.");
        _busy = meter.CreateCounter<double>("keops.lane.busy", "s", "Time that the lane had work in hand.");
        _pairs = meter.CreateCounter<double>("keops.pairs", "{pair}", "Pairs computed.");
        _bytes = meter.CreateCounter<long>("keops.blocks.moved", "By", "Bytes of states and results moved between silos, by direction.");
        _jobs = meter.CreateCounter<long>("keops.jobs", "{job}", "Jobs that ended, by phase.");
    }

    /// <summary>A worker did what it was asked for.</summary>
    public void TaskDone(TaskKind kind) => _tasks.Add(1, new(Kind, kind.Name), new(Outcome, "done"));

    /// <summary>A worker computed or merged a part of the plan.</summary>
    public void Computed(TaskKind kind, TaskReceipt receipt)
    {
        _duration.Record(receipt.Elapsed.TotalSeconds, new KeyValuePair<string, object?>(Kind, kind.Name));
        if (receipt.Pairs > 0) _pairs.Add(receipt.Pairs);
    }

    /// <summary>A worker was handed a task that did not come to its end.</summary>
    public void TaskFailed(TaskKind kind, FaultKind fault) =>
        _tasks.Add(1, new(Kind, kind.Name), new(Outcome, fault.ToString().ToLowerInvariant()));

    /// <summary>The caller of a task did not want it any more.</summary>
    public void TaskCancelled(TaskKind kind) => _tasks.Add(1, new(Kind, kind.Name), new(Outcome, "cancelled"));

    /// <summary>A job handed a task out again, because it was lost or failed.</summary>
    public void TaskRetried() => _retried.Add(1);

    /// <summary>A job handed a task to a second worker while the first still had it.</summary>
    public void TaskDuplicated() => _duplicated.Add(1);

    /// <summary>A job reached its end.</summary>
    public void JobEnded(JobPhase phase) => _jobs.Add(1, new KeyValuePair<string, object?>(Phase, phase.ToString().ToLowerInvariant()));

    /// <summary>The lane had work for so long.</summary>
    public void LaneWasBusy(TimeSpan time) => _busy.Add(time.TotalSeconds);

    /// <summary>A block went to another process.</summary>
    public void BytesSent(long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>(Direction, "sent"));

    /// <summary>A block came from another silo.</summary>
    public void BytesReceived(long bytes) => _bytes.Add(bytes, new KeyValuePair<string, object?>(Direction, "received"));
}
