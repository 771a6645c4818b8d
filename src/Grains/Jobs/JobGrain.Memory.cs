using Distributed.Keops.Contracts;
using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>What the job writes down.</summary>
sealed partial class JobGrain
{
    // Written at most so often: losing what came since only runs it again.
    static readonly TimeSpan SaveInterval = TimeSpan.FromSeconds(1);

    StateRecorder<JobSnapshot> _recorder = null!;

    /// <summary>Writes a new job down, so that it goes on whatever happens from here on.</summary>
    /// <exception cref="KeopsFaultException">That was not possible; nothing was begun, and the same call may be made again.</exception>
    async Task RememberAsync(JobSnapshot submitted)
    {
        try
        {
            // In this order: a reminder without a job does no harm.
            await RemindAsync(submitted);
            await _recorder.WriteAsync(submitted);
        }
        catch (Exception error)
        {
            LogNotSaved(error, Id);
            if (error is InconsistentStateException) DeactivateOnIdle();
            throw new KeopsFaultException(
                FaultKind.Transient, $"The job '{Id}' could not be written down, submit it again: {error.Message}");
        }
    }

    /// <summary>
    /// Told by the run: at the beginning of a phase it is written down, else now and then. Nothing waits for that but the writing of an
    /// output: a later life must not write into the files of this try.
    /// </summary>
    async Task OnChangedAsync(bool newPhase)
    {
        // Whatever try of this life had been allowed to make the output appear has come to nothing, since the run goes on.
        _isCommitting = _snapshot.IsCommitting;
        if (MustStop) await _stop.CancelAsync();
        var now = time.GetUtcNow();
        _rate.Add(now, _run!.PairsDone);
        Pulse();
        if (!newPhase && now - _recorder.RequestedAt < SaveInterval) return;
        var stands = _recorder.Request(Current);
        if (newPhase && _run.Snapshot.Phase == JobPhase.Writing) await stands.WaitAsync(_stop.Token);
    }

    /// <summary>Leaves the job to another activation that has written.</summary>
    void Yield(InconsistentStateException error)
    {
        LogFenced(error, Id);
        _ = _left.CancelAsync();
        _ = _stop.CancelAsync();
        DeactivateOnIdle();
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
