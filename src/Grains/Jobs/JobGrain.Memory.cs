using Microsoft.Extensions.Logging;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>What the job writes down, and who is told.</summary>
sealed partial class JobGrain
{
    /// <summary>Told by the run: at the beginning of a phase it is written down at once, else now and then.</summary>
    async Task OnChangedAsync(bool newPhase)
    {
        Pulse();
        if (!newPhase && time.GetUtcNow() - _savedAt < SaveInterval) return;
        try
        {
            await SaveAsync(_run!.Snapshot);
        }
        catch (Exception error) when (error is not InconsistentStateException)
        {
            // The next wave writes it all.
            LogNotSaved(error, this.GetPrimaryKeyString());
        }
    }

    async Task SaveAsync(JobSnapshot snapshot)
    {
        state.State.Payload = serializer.SerializeToArray(snapshot);
        await state.WriteStateAsync();
        _savedAt = time.GetUtcNow();
    }

    void Pulse()
    {
        _sequence++;
        var pulse = _pulse;
        _pulse = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        pulse.SetResult();
    }

    [LoggerMessage(1, LogLevel.Information, "Job {Job} failed.")]
    partial void LogFailed(Exception error, string job);

    [LoggerMessage(2, LogLevel.Warning, "Job {Job} could not be written down.")]
    partial void LogNotSaved(Exception error, string job);

    [LoggerMessage(3, LogLevel.Warning, "Job {Job} is coordinated elsewhere.")]
    partial void LogFenced(Exception error, string job);
}
