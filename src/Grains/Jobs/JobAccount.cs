using System.Collections.Immutable;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>
/// What a life of a job adds to what former lives have written down: times, pairs, tasks, workers. Pure, over records and a clock that it
/// is told.
/// </summary>
/// <param name="before">The snapshot this life began with.</param>
sealed class JobAccount(JobSnapshot before)
{
    DateTimeOffset? _started = before.Started;
    DateTimeOffset? _writing = before.Writing;

    /// <summary>The run's snapshot with everything that the run knows nothing of.</summary>
    /// <param name="run">The run.</param>
    /// <param name="sequence">The last item watchers were told.</param>
    /// <param name="now">The time.</param>
    public JobSnapshot Stamp(JobRun run, long sequence, DateTimeOffset now)
    {
        var snapshot = run.Snapshot;
        if (snapshot.Phase is JobPhase.Running or JobPhase.Writing) _started ??= now;
        if (snapshot.Phase is JobPhase.Writing) _writing ??= now;
        return snapshot with
        {
            // Reached, but not yet written down: until then the job is not at its end.
            Phase = !snapshot.Phase.IsTerminal() ? snapshot.Phase : snapshot.Request!.Output is null ? JobPhase.Running : JobPhase.Writing,
            Started = _started,
            Writing = _writing,
            Sequence = sequence,
            PairsDone = run.PairsDone,
            Tasks = before.Tasks + run.Tasks,
            Workers = Join(before.Workers, run.Workers),
        };
    }

    /// <summary>The end of a life, and of the job.</summary>
    public static JobSnapshot End(JobSnapshot stamped, JobPhase phase, KeopsFaultException? fault, DateTimeOffset now) => stamped with
    {
        Phase = phase,
        Fault = fault?.Kind ?? FaultKind.None,
        Message = fault?.Message,
        Ended = now,
        Workers = [.. stamped.Workers.Select(w => w with { Outstanding = 0, State = WorkerState.Gone })],
    };

    /// <summary>One entry for each silo, whatever lives and processes it had.</summary>
    static ImmutableArray<WorkerProgress> Join(ImmutableArray<WorkerProgress> before, IEnumerable<WorkerProgress> now) =>
    [
        .. before.Select(w => w with { Outstanding = 0, State = WorkerState.Gone }).Concat(now)
            .GroupBy(w => w.Silo, StringComparer.Ordinal)
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => g.MaxBy(w => w.State)! with
            {
                TasksDone = g.Sum(w => w.TasksDone),
                PairsDone = g.Sum(w => w.PairsDone),
                Outstanding = g.Sum(w => w.Outstanding),
            }),
    ];
}
