using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Client;

/// <summary>
/// One stream of a job's progress. A coordinator that is lost says nothing, and neither does the silo that stood between: silence counts as
/// a loss, since whoever coordinates the job says something every second. Not safe for several threads.
/// </summary>
sealed class ProgressStream : IAsyncDisposable
{
    static readonly TimeSpan Silence = TimeSpan.FromSeconds(3);

    readonly CancellationToken _cancellationToken;
    readonly CancellationTokenSource _stop;
    readonly IAsyncEnumerator<JobProgress> _beats;
    Task<bool> _next = Task.FromResult(false);

    /// <summary>Opens the stream.</summary>
    /// <param name="job">The job.</param>
    /// <param name="after">The last beat that is known.</param>
    /// <param name="cancellationToken">Ends the stream.</param>
    public ProgressStream(IJobGrain job, long after, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _beats = job.Watch(after, _stop.Token).GetAsyncEnumerator(_stop.Token);
    }

    public JobProgress Current => _beats.Current;

    /// <returns>Whether there is a next item; null when that could not be learnt and the stream is to be opened again.</returns>
    public async Task<bool?> NextAsync(Patience patience)
    {
        try
        {
            _next = _beats.MoveNextAsync().AsTask();
            var next = await _next.WaitAsync(Silence, _cancellationToken).ConfigureAwait(false);
            patience.Answered();
            return next;
        }
        catch (Exception error) when (Patience.Covers(error))
        {
            await patience.WaitAsync(error, _cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    /// <summary>Closes the stream without waiting for its other end, which may be gone.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        _ = CloseAsync();
    }

    async Task CloseAsync()
    {
        try
        {
            await ((Task)_next).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _beats.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception)
        {
            // Nobody reads it any more, and its other end gives up by itself.
        }
        finally
        {
            _stop.Dispose();
        }
    }
}
