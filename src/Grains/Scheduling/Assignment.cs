using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains.Scheduling;

/// <summary>A piece of work that a worker was handed.</summary>
/// <param name="worker">Who has it.</param>
/// <param name="slot">What it fills.</param>
/// <param name="pairs">How much it is; 0 for a merge.</param>
/// <param name="isMerge">Whether the slot is merged from its children.</param>
/// <param name="isDuplicate">Whether another one has it too.</param>
sealed class Assignment(SchedulerWorker worker, PlanTask slot, double pairs, bool isMerge, bool isDuplicate)
{
    public SchedulerWorker Worker => worker;

    public PlanTask Slot => slot;

    public double Pairs => pairs;

    public bool IsMerge => isMerge;

    public bool IsDuplicate => isDuplicate;

    /// <summary>When the worker came to it, by the job's clock; null while it waits behind others.</summary>
    public TimeSpan? Since { get; set; }

    /// <summary>How long it should take the worker.</summary>
    public TimeSpan Expected => worker.TimeFor(pairs);

    /// <summary>How long it will still take. One that takes longer than it should is thought to take as long again.</summary>
    public TimeSpan Remaining(TimeSpan now)
    {
        if (Since is not { } since)
            return Expected + worker.Running.Where(a => a.Since is not null).Select(a => a.Remaining(now)).DefaultIfEmpty().Max();
        var elapsed = now - since;
        return elapsed < Expected ? Expected - elapsed : elapsed;
    }
}
