namespace Distributed.Keops.Grains;

/// <summary>
/// How fast a job has been lately: pairs gained over a window of time. Pure bookkeeping over a clock that it is told; pairs may also be
/// lost. Not safe for several threads.
/// </summary>
sealed class JobRate
{
    /// <summary>How far back "lately" goes: long enough for several tasks of every worker.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    // Samples need not be closer, and a rate over less time says little.
    static readonly TimeSpan Grain = TimeSpan.FromMilliseconds(250);

    readonly Queue<(DateTimeOffset At, double Pairs)> _samples = new();
    DateTimeOffset _last = DateTimeOffset.MinValue;

    /// <summary>Takes note of how many pairs stand.</summary>
    public void Add(DateTimeOffset now, double pairs)
    {
        if (_samples.Count > 0 && now - _last < Grain) return;
        _last = now;
        _samples.Enqueue((now, pairs));
        // One sample before the window is kept: what was gained since then is what is asked for.
        while (_samples.Count > 2 && now - _samples.ElementAt(1).At > Window) _samples.Dequeue();
    }

    /// <summary>Pairs a second; 0 until it is known, and when more were lost than gained.</summary>
    public double PairsPerSecond(DateTimeOffset now, double pairs)
    {
        if (!_samples.TryPeek(out var oldest) || now - oldest.At < Grain) return 0;
        return Math.Max(0, (pairs - oldest.Pairs) / (now - oldest.At).TotalSeconds);
    }

    /// <summary>How long a rest takes at a rate; null when that can't be told.</summary>
    public static TimeSpan? Remaining(double pairs, double pairsPerSecond)
    {
        var seconds = pairs / pairsPerSecond;
        return pairsPerSecond > 0 && seconds < TimeSpan.MaxValue.TotalSeconds / 2 ? TimeSpan.FromSeconds(Math.Max(0, seconds)) : null;
    }
}
