using Distributed.Keops.Kernels.Execution;
using Microsoft.Extensions.Hosting;

namespace Distributed.Keops.Grains;

/// <summary>
/// The silo's processor as a device: one task at a time, on threads of its own, so that neither the scheduler of grains nor the thread pool
/// ever waits for arithmetic. Work ends with the silo; what waits for its turn goes back when the gate closes.
/// </summary>
sealed class DeviceLane(
    int threads, IHostApplicationLifetime lifetime, WorkGate gate, EngineMetrics metrics, TimeProvider time) : ILaneState, IDisposable
{
    readonly SemaphoreSlim _turn = new(1, 1);
    readonly ComputeThreads _threads = new(threads, time);
    long _begun;
    volatile bool _busy;

    public ComputeThreads Threads => _threads;

    public CancellationToken Stopping => lifetime.ApplicationStopping;

    public TimeSpan Silence => _busy ? time.GetElapsedTime(Math.Max(Interlocked.Read(ref _begun), _threads.LastUnit)) : TimeSpan.Zero;

    /// <summary>Runs work when its turn comes; it leaves the caller's scheduler at once.</summary>
    public Task<T> RunAsync<T>(Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken) => Task.Run(async () =>
    {
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, Stopping);
        using (var waiting = CancellationTokenSource.CreateLinkedTokenSource(linked.Token, gate.Closing))
        {
            await _turn.WaitAsync(waiting.Token).ConfigureAwait(false);
        }

        var begun = time.GetTimestamp();
        Interlocked.Exchange(ref _begun, begun);
        _busy = true;
        try
        {
            return await work(linked.Token).ConfigureAwait(false);
        }
        finally
        {
            _busy = false;
            metrics.LaneWasBusy(time.GetElapsedTime(begun));
            _turn.Release();
        }
    }, CancellationToken.None);

    /// <summary>Runs a piece of single-threaded work on one of the threads; the caller has its turn.</summary>
    public async Task<T> ComputeAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        T? result = default;
        await _threads.RunAsync(1, (_, _) => result = work(), cancellationToken).ConfigureAwait(false);
        return result!;
    }

    public void Dispose()
    {
        // A unit that is running ends first: kernels can't be torn out of their memory.
        _threads.Dispose();
        _turn.Dispose();
    }
}
