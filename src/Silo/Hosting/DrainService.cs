using Distributed.Keops.Grains;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Distributed.Keops.Silo;

/// <summary>
/// Before anything stops, the worker takes no more work, and what it has in hand may end. What does not end in time is cut off after this,
/// and its jobs hand it to other silos.
/// </summary>
sealed partial class DrainService(
    WorkGate gate, IOptions<KeopsSiloOptions> options, TimeProvider time, ILogger<DrainService> log) : IHostedLifecycleService
{
    // The rest is for grains to go elsewhere and for the silo to leave the cluster.
    const double Share = 0.75;

    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        var limit = options.Value.ShutdownTimeout * Share;
        LogDraining(gate.InHand, limit);
        try
        {
            await gate.CloseAsync().WaitAsync(limit, time, cancellationToken).ConfigureAwait(false);
            LogDrained();
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            LogHandedBack(gate.InHand);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(110, LogLevel.Information, "Stopping: {Tasks} tasks in hand may end within {Limit}.")]
    partial void LogDraining(int tasks, TimeSpan limit);

    [LoggerMessage(111, LogLevel.Information, "No task is in hand any more.")]
    partial void LogDrained();

    [LoggerMessage(112, LogLevel.Warning, "{Tasks} tasks did not end in time: their jobs hand them to other silos.")]
    partial void LogHandedBack(int tasks);
}
