using System.Runtime.CompilerServices;
using Distributed.Keops.Contracts;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>Who is told, and what.</summary>
sealed partial class JobGrain
{
    // Nobody reads faster, and a job may fill thousands of slots a second.
    static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(50);

    // A watcher that hears nothing for several of these knows that nobody is there.
    static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(1);

    readonly JobRate _rate = new();
    TaskCompletionSource _pulse = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly TaskCompletionSource _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long _sequence;

    public async IAsyncEnumerable<JobProgress> Watch(long afterSequence, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // A silo that stops would wait for its watchers, and they for it.
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, host.ApplicationStopping, _left.Token);
        var isDue = false;
        while (_snapshot.Request is not null)
        {
            var (pulse, isEnd) = (_pulse.Task, _snapshot.Phase.IsTerminal());
            // Not only greater: what a coordinator told that was lost before it wrote down its life may be told again.
            if (_sequence != afterSequence || isEnd || isDue)
            {
                afterSequence = _sequence;
                yield return Progress();
                if (isEnd) yield break;
                pulse = Task.WhenAll(pulse, Task.WhenAny(Task.Delay(WatchInterval, time, leaving.Token), _end.Task));
            }

            try
            {
                await Task.WhenAny(pulse, Task.Delay(Heartbeat, time, leaving.Token)).WaitAsync(leaving.Token);
                isDue = !pulse.IsCompleted;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new EnumerationAbortedException($"The coordinator of job {Id} leaves this silo: watch again.");
            }
        }
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
        current is { Phase: JobPhase.Running, Shape: { } shape }
            ? JobRate.Remaining(shape.Pairs - current.PairsDone, RateOf(current))
            : null;

    void Pulse()
    {
        _sequence++;
        var pulse = _pulse;
        _pulse = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pulse.SetResult();
        if (_snapshot.Phase.IsTerminal()) _end.TrySetResult();
    }
}
