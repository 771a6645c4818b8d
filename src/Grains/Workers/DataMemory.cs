using Distributed.Keops.Data;

namespace Distributed.Keops.Grains;

/// <summary>
/// How a silo divides its memory for data: row groups that were decoded, reduced rows in work and read ahead, output rows and states. Jobs
/// share it: they have the lane in turns, and one budget for what they keep in between.
/// </summary>
/// <param name="limit">All of it, in bytes.</param>
sealed class DataMemory(long limit)
{
    // More would only make tasks longer than they should be.
    const long LongestTask = 128L << 20;

    /// <summary>Decoded row groups of the clouds of all jobs that are open on the silo.</summary>
    public CacheBudget Cache { get; } = new(limit / 2);

    /// <summary>Leaves that are in work at once; as much is read ahead.</summary>
    public long Leaves { get; } = limit / 8;

    /// <summary>Output rows of a task and their states; as much again when they become results.</summary>
    public long Task { get; } = Math.Min(LongestTask, limit / 8);
}
