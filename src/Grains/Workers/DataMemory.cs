namespace Distributed.Keops.Grains;

/// <summary>
/// How a silo divides its memory for data: row groups that were decoded, reduced rows in work and read ahead, output rows and states.
/// </summary>
/// <param name="limit">All of it, in bytes.</param>
sealed class DataMemory(long limit)
{
    // More would only make tasks longer than they should be.
    const long LongestTask = 128L << 20;

    /// <summary>Decoded row groups of one cloud, where a job reads so many.</summary>
    public long CacheOf(int clouds) => limit / 2 / Math.Max(1, clouds);

    /// <summary>Leaves that are in work at once; as much is read ahead.</summary>
    public long Leaves => limit / 8;

    /// <summary>Output rows of a task and their states; as much again when they become results.</summary>
    public long Task => Math.Min(LongestTask, limit / 8);
}
