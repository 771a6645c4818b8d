using System.Diagnostics;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client.Cluster;

/// <summary>
/// Asks a cluster again when it does not answer, for so long since its last answer. Every call must be one that may be repeated. For one
/// conversation at a time.
/// </summary>
/// <param name="most">How long.</param>
sealed class Patience(TimeSpan most)
{
    static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    static readonly TimeSpan Attempt = TimeSpan.FromSeconds(10);

    readonly Stopwatch _sinceAnswer = Stopwatch.StartNew();

    /// <summary>Whether a call may succeed when it is made again.</summary>
    public static bool Covers(Exception error) =>
        Transient.Is(error) || error is KeopsFaultException { Kind: FaultKind.Transient or FaultKind.Stopping };

    /// <summary>The answer to a call.</summary>
    /// <exception cref="KeopsException">There was none, or the cluster refused.</exception>
    public Task<T> AskAsync<T>(Func<Task<T>> call, CancellationToken cancellationToken) => AskAsync(call, Attempt, cancellationToken);

    /// <summary>The answer to a call.</summary>
    /// <param name="call">The call.</param>
    /// <param name="attempt">When to make it again, by the next gateway: the one between may hang.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    /// <exception cref="KeopsException">There was none, or the cluster refused.</exception>
    public async Task<T> AskAsync<T>(Func<Task<T>> call, TimeSpan attempt, CancellationToken cancellationToken)
    {
        _sinceAnswer.Restart();
        while (true)
        {
            try
            {
                var answer = await call().WaitAsync(attempt, cancellationToken).ConfigureAwait(false);
                Answered();
                return answer;
            }
            catch (Exception error) when (Covers(error))
            {
                await WaitAsync(error, cancellationToken).ConfigureAwait(false);
            }
            catch (KeopsFaultException fault)
            {
                throw Failures.Of(fault);
            }
        }
    }

    /// <summary>The cluster has been heard.</summary>
    public void Answered() => _sinceAnswer.Restart();

    /// <summary>Waits a little before the next try.</summary>
    /// <exception cref="KeopsException">The time is up.</exception>
    public Task WaitAsync(Exception error, CancellationToken cancellationToken) => _sinceAnswer.Elapsed > most
        ? throw new KeopsException($"The cluster has not answered for {most.TotalSeconds:F0} s: {error.Message}", error)
        : Task.Delay(Pause, cancellationToken);
}
