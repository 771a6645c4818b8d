namespace Distributed.Keops.Grains.Scheduling;

/// <summary>A worker as the scheduler sees it.</summary>
/// <param name="holder">The name of its process: what it holds is lost with it.</param>
/// <param name="engineId">What decides the bits of its results.</param>
/// <param name="lanes">How many tasks it runs at once.</param>
/// <param name="pairsPerSecond">How fast a lane is thought to be before it has run anything of this job.</param>
/// <param name="taskBytes">How much of output rows and their states a task may hold.</param>
sealed class SchedulerWorker(string holder, string engineId, int lanes, double pairsPerSecond, long taskBytes = long.MaxValue)
{
    // How much the last task says about the next.
    const double Weight = 0.5;

    static readonly TimeSpan ShortestMeasure = TimeSpan.FromMilliseconds(2);

    public string Holder => holder;

    public string EngineId => engineId;

    public long TaskBytes => taskBytes;

    /// <summary>What it has in hand, oldest first.</summary>
    public List<Assignment> Running { get; } = [];

    public int TasksDone { get; private set; }

    public double PairsDone { get; private set; }

    /// <summary>Pairs a second of one lane.</summary>
    public double LaneRate { get; private set; } = pairsPerSecond;

    /// <summary>Pairs a second of all lanes.</summary>
    public double Rate => LaneRate * lanes;

    /// <summary>Whether it has run anything of this job; another job's speed may be far from this one's.</summary>
    public bool IsMeasured { get; private set; }

    /// <summary>One task for each lane, and one that waits, so that a lane never does.</summary>
    public bool HasRoom => Running.Count <= lanes;

    /// <summary>Its place among those with room: the least loaded first, then those that waited longest.</summary>
    public (int Load, long Turn) Place { get; set; }

    public bool HasIdleLane => Running.Count < lanes;

    public TimeSpan TimeFor(double pairs) => TimeSpan.FromSeconds(Math.Min(pairs / LaneRate, TimeSpan.MaxValue.TotalSeconds / 8));

    /// <summary>Puts work into its hands.</summary>
    public void Begin(Assignment assignment, TimeSpan now)
    {
        Running.Add(assignment);
        Promote(now);
    }

    /// <summary>Takes work out of its hands; what waits behind begins.</summary>
    public void End(Assignment assignment, TimeSpan now)
    {
        Running.Remove(assignment);
        Promote(now);
    }

    /// <summary>Takes note of what it has done.</summary>
    /// <param name="pairs">How much.</param>
    /// <param name="elapsed">In which time of a lane.</param>
    public void Measure(double pairs, TimeSpan elapsed)
    {
        TasksDone++;
        PairsDone += pairs;
        // Very short tasks say more of overheads than of the kernel.
        if (pairs == 0 || elapsed < ShortestMeasure) return;
        var rate = pairs / elapsed.TotalSeconds;
        LaneRate = IsMeasured ? LaneRate + Weight * (rate - LaneRate) : rate;
        IsMeasured = true;
    }

    void Promote(TimeSpan now)
    {
        for (var lane = 0; lane < Math.Min(lanes, Running.Count); lane++) Running[lane].Since ??= now;
    }
}
