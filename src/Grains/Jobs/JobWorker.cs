using Distributed.Keops.Contracts;
using Distributed.Keops.Grains.Scheduling;

namespace Distributed.Keops.Grains;

/// <summary>A worker that a job may use.</summary>
sealed class JobWorker(WorkerInfo info, IWorkerGrain grain)
{
    public WorkerInfo Info => info;

    public IWorkerGrain Grain => grain;

    /// <summary>What the scheduler knows of it.</summary>
    public SchedulerWorker Schedule { get; } = new(
        info.Incarnation.ToString("n"), info.EngineId, info.Lanes, info.PairsPerSecond / Math.Max(1, info.Lanes));

    public WorkerProgress ToProgress() => new(info.Silo, Schedule.TasksDone, Schedule.Running.Count, Schedule.PairsDone);
}
