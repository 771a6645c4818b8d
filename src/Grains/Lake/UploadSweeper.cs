using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Distributed.Keops.Grains;

/// <summary>Removes uploads that have expired, now and then. Every silo does it; what is gone already is nobody's error.</summary>
sealed partial class UploadSweeper(UploadStore store, TimeProvider time, ILogger<UploadSweeper> log) : BackgroundService
{
    /// <summary>Sweeps within a lifetime: a job that uses an upload is seen by several before it could expire.</summary>
    public const int SweepsPerLifetime = 4;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(store.Lifetime / SweepsPerLifetime, time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false)) Sweep();
        }
        catch (OperationCanceledException)
        {
            // The silo stops.
        }
    }

    void Sweep()
    {
        try
        {
            if (store.Sweep() is > 0 and var removed) LogRemoved(removed, store.Lifetime);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            LogNotRemoved(error);
        }
    }

    [LoggerMessage(20, LogLevel.Information, "{Uploads} uploads that nobody had used for {Lifetime} were removed.")]
    partial void LogRemoved(int uploads, TimeSpan lifetime);

    [LoggerMessage(21, LogLevel.Warning, "Uploads that have expired could not be removed.")]
    partial void LogNotRemoved(Exception error);
}
