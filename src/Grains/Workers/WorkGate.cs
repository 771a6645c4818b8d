namespace Distributed.Keops.Grains;

/// <summary>
/// The door through which work comes to a silo's worker. Closed, it lets nothing more in, and what is waiting behind it for the lane goes
/// back; what is running may end. Safe for several threads.
/// </summary>
public sealed class WorkGate : IDisposable
{
    readonly Lock _lock = new();
    readonly CancellationTokenSource _closing = new();
    readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    int _inHand;

    /// <summary>Cancelled when the gate closes.</summary>
    public CancellationToken Closing => _closing.Token;

    /// <summary>Whether nothing more is let in.</summary>
    public bool IsClosed => _closing.IsCancellationRequested;

    /// <summary>Work that was let in and has not ended.</summary>
    public int InHand
    {
        get
        {
            lock (_lock) return _inHand;
        }
    }

    /// <summary>Lets a piece of work in; disposing of what it gives tells that the work has ended. Null when the gate is closed.</summary>
    public IDisposable? TryEnter()
    {
        lock (_lock)
        {
            if (IsClosed) return null;
            _inHand++;
            return new Pass(this);
        }
    }

    /// <summary>Closes the gate, for good.</summary>
    /// <returns>Ends when nothing is in hand any more.</returns>
    public Task CloseAsync()
    {
        lock (_lock)
        {
            if (_inHand == 0) _empty.TrySetResult();
            // What waits is told outside of this call and this lock.
            _ = _closing.CancelAsync();
        }

        return _empty.Task;
    }

    /// <inheritdoc/>
    public void Dispose() => _closing.Dispose();

    void Leave()
    {
        lock (_lock)
        {
            if (--_inHand == 0 && IsClosed) _empty.TrySetResult();
        }
    }

    sealed class Pass(WorkGate gate) : IDisposable
    {
        WorkGate? _gate = gate;

        public void Dispose() => Interlocked.Exchange(ref _gate, null)?.Leave();
    }
}
