using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>A worker that a job may use, and what it has in hand.</summary>
sealed class JobWorker(WorkerInfo info, IWorkerGrain grain)
{
    public WorkerInfo Info => info;

    public IWorkerGrain Grain => grain;

    /// <summary>The name of its process in the ledger.</summary>
    public string Holder { get; } = info.Incarnation.ToString("n");

    public int Outstanding { get; set; }

    public int TasksDone { get; set; }

    public double PairsDone { get; set; }

    /// <summary>One task for each lane, and one that waits, so that a lane never does.</summary>
    public bool HasRoom => Outstanding < info.Lanes + 1;

    public WorkerProgress ToProgress() => new(info.Silo, TasksDone, Outstanding, PairsDone);
}
