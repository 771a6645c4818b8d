using Distributed.Keops.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>What the job writes down.</summary>
sealed partial class JobGrain
{
    // Written at most so often: losing what came since only runs it again.
    static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    DateTimeOffset _savedAt;

    /// <summary>Writes a new job down, so that it goes on whatever happens from here on.</summary>
    /// <exception cref="KeopsFaultException">That was not possible; nothing was begun, and the same call may be made again.</exception>
    async Task RememberAsync(JobSnapshot submitted)
    {
        try
        {
            // In this order: a reminder without a job does no harm.
            await RemindAsync(submitted);
            await SaveAsync(submitted);
        }
        catch (Exception error)
        {
            LogNotSaved(error, Id);
            if (error is InconsistentStateException) DeactivateOnIdle();
            throw new KeopsFaultException(FaultKind.Transient, $"The job '{Id}' could not be written down, submit it again: {error.Message}");
        }
    }

    /// <summary>Told by the run: at the beginning of a phase it is written down at once, else now and then.</summary>
    async Task OnChangedAsync(bool newPhase)
    {
        // Whatever try had been allowed to make the output appear has come to nothing, since the run goes on.
        _isCommitting = false;
        if (_isCancelled) await _stop.CancelAsync();
        var now = time.GetUtcNow();
        _rate.Add(now, _run!.PairsDone);
        Pulse();
        if (newPhase || now - _savedAt >= SaveInterval) await TrySaveAsync(Current);
    }

    /// <exception cref="InconsistentStateException">Another activation coordinates the job.</exception>
    async Task<bool> TrySaveAsync(JobSnapshot snapshot)
    {
        try
        {
            await SaveAsync(snapshot);
            return true;
        }
        catch (Exception error) when (error is not InconsistentStateException)
        {
            // The next wave writes it all.
            LogNotSaved(error, Id);
            return false;
        }
    }

    /// <summary>An output that nobody knows to be there would be made again: its job waits until the storage is back.</summary>
    async Task SaveEndAsync(JobSnapshot end)
    {
        for (var pause = SaveInterval; !await TrySaveAsync(end) && end.Request!.Output is not null;)
        {
            await Task.Delay(pause, time, _left.Token);
            pause = pause < LongestPause ? 2 * pause : LongestPause;
        }
    }

    async Task SaveAsync(JobSnapshot snapshot)
    {
        state.State.Payload = serializer.SerializeToArray(snapshot);
        await state.WriteStateAsync();
        _savedAt = time.GetUtcNow();
    }

    [LoggerMessage(1, LogLevel.Information, "Job {Job} failed.")]
    partial void LogFailed(Exception error, string job);

    [LoggerMessage(2, LogLevel.Warning, "Job {Job} could not be written down.")]
    partial void LogNotSaved(Exception error, string job);

    [LoggerMessage(3, LogLevel.Warning, "Job {Job} is coordinated elsewhere.")]
    partial void LogFenced(Exception error, string job);

    [LoggerMessage(4, LogLevel.Warning, "Unfinished results of job {Job} could not be deleted.")]
    partial void LogNotTidy(Exception error, string job);

    [LoggerMessage(5, LogLevel.Warning, "Job {Job} could not be entered in the list of jobs.")]
    partial void LogNotListed(Exception error, string job);
}
