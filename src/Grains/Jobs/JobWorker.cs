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
        info.Incarnation.ToString("n"), info.EngineId, info.Lanes, info.PairsPerSecond / Math.Max(1, info.Lanes), info.TaskBytes);

    /// <summary>What it has done for the job.</summary>
    /// <param name="takesPart">Whether it is there now.</param>
    public WorkerProgress ToProgress(bool takesPart) => new(
        info.Silo, Schedule.TasksDone, takesPart ? Schedule.Running.Count : 0, Schedule.PairsDone)
    {
        EngineId = info.EngineId,
        PairsPerSecond = Schedule.Rate,
        State = !takesPart ? WorkerState.Gone : Schedule.Running.Count > 0 ? WorkerState.Busy : WorkerState.Idle,
    };
}
