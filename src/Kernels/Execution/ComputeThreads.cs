namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// A fixed number of threads of their own for kernels, so that neither the thread pool nor a scheduler ever waits for arithmetic. One
/// piece of work at a time, cut into units that the threads take as they finish. Safe for several callers, who take turns.
/// </summary>
public sealed class ComputeThreads : IDisposable
{
    readonly SemaphoreSlim _turn = new(1, 1);
    readonly SemaphoreSlim _work = new(0);
    readonly Thread[] _threads;
    volatile Work? _current;
    readonly TimeProvider _time;
    volatile bool _stopping;
    long _lastUnit;

    /// <summary>Starts the threads; they sleep while there is nothing to do.</summary>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="time">The clock of <see cref="LastUnit"/>; the system's by default.</param>
    public ComputeThreads(int count, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        _time = time ?? TimeProvider.System;
        _threads = new Thread[count];
        for (var t = 0; t < count; t++)
        {
            var worker = t;
            _threads[t] = new Thread(() => Loop(worker)) { IsBackground = true, Name = $"keops compute {t}" };
            _threads[t].Start();
        }
    }

    /// <summary>The number of threads.</summary>
    public int Count => _threads.Length;

    /// <summary>When a unit of work ended last, as a time stamp of the clock; 0 before the first.</summary>
    public long LastUnit => Interlocked.Read(ref _lastUnit);

    /// <summary>Runs <paramref name="body"/>(unit, thread) for all units; the first error ends the rest and is thrown here.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled; units already begun were finished.</exception>
    public async Task RunAsync(int units, Action<int, int> body, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);
        cancellationToken.ThrowIfCancellationRequested();
        if (units == 0) return;
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            var work = new Work(units, Beat(body), _threads.Length, cancellationToken);
            _current = work;
            _work.Release(_threads.Length);
            await work.Done.Task.ConfigureAwait(false);
        }
        finally
        {
            _current = null;
            _turn.Release();
        }
    }

    /// <summary>Ends the threads, after the work they are at; callers that wait for their turn get an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _stopping, true)) return;
        _turn.Wait();
        // No current work: this is what tells the threads to end.
        _work.Release(_threads.Length);
        foreach (var thread in _threads) thread.Join();
        // The turn is not disposed of: callers may still be waiting for it.
        _turn.Release();
        _work.Dispose();
    }

    Action<int, int> Beat(Action<int, int> body) => (unit, worker) =>
    {
        body(unit, worker);
        Interlocked.Exchange(ref _lastUnit, _time.GetTimestamp());
    };

    void Loop(int worker)
    {
        while (true)
        {
            _work.Wait();
            if (_current is not { } work) return;
            work.Run(worker);
        }
    }

    sealed class Work(int units, Action<int, int> body, int threads, CancellationToken cancellationToken)
    {
        int _next = -1;
        int _running = threads;
        Exception? _error;

        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Run(int worker)
        {
            try
            {
                while (Volatile.Read(ref _error) is null && Interlocked.Increment(ref _next) is var unit && unit < units)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    body(unit, worker);
                }
            }
            catch (Exception e)
            {
                Interlocked.CompareExchange(ref _error, e, null);
            }

            if (Interlocked.Decrement(ref _running) != 0) return;
            if (_error is OperationCanceledException) Done.SetCanceled(cancellationToken);
            else if (_error is not null) Done.SetException(_error);
            else Done.SetResult();
        }
    }
}
