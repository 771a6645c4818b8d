using Distributed.Keops.Contracts;

namespace Distributed.Keops.Grains;

/// <summary>Who is told, and what.</summary>
sealed partial class JobGrain
{
    // A watcher that hears nothing for several of these knows that nobody is there.
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    readonly JobRate _rate = new();
    TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _sequence;

    public async Task<JobProgress?> Next(long afterSequence)
    {
        if (_snapshot.Request is null) return null;
        // Not only greater: what a coordinator told that was lost before it wrote down its life may be told again.
        if (_sequence != afterSequence || _snapshot.Phase.IsTerminal()) return Progress();
        // A silo that stops would wait for its watchers, and they for it.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(host.ApplicationStopping, _left.Token);
        try
        {
            await _pulse.Task.WaitAsync(Heartbeat, time, leaving.Token);
        }
        catch (TimeoutException)
        {
            // The same again: it says that somebody is there.
        }
        catch (OperationCanceledException)
        {
            throw new KeopsFaultException(FaultKind.Stopping, $"The coordinator of job {Id} leaves its silo: ask again.");
        }

        return Progress();
    }

    JobProgress Progress()
    {
        var current = Current;
        return new JobProgress(_sequence, current.Phase, current.PairsDone, current.Shape?.Pairs ?? 0, current.Workers)
        {
            PairsPerSecond = RateOf(current),
            Remaining = RemainingOf(current),
        };
    }

    /// <summary>Lately while it runs, in all when it has ended.</summary>
    double RateOf(JobSnapshot current)
    {
        if (current.Ended is null) return _rate.PairsPerSecond(time.GetUtcNow(), current.PairsDone);
        var seconds = current.Started is { } started ? ((current.Writing ?? current.Ended.Value) - started).TotalSeconds : 0;
        return seconds > 0 ? current.PairsDone / seconds : 0;
    }

    TimeSpan? RemainingOf(JobSnapshot current) =>
        current is { Phase: JobPhase.Running, Shape: { } shape } ? JobRate.Remaining(shape.Pairs - current.PairsDone, RateOf(current)) : null;

    void Pulse()
    {
        _sequence++;
        var pulse = _pulse;
        _pulse = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pulse.SetResult();
    }
}
