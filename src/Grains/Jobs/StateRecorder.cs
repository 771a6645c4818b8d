using Distributed.Keops.Contracts;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Distributed.Keops.Grains;

/// <summary>
/// Writes a grain's state down behind its back, so that nothing waits for a slow store that need not: one write at a time, always of what
/// was asked for last. While the store is away it is tried again and again. To be used in the grain's turns.
/// <code>
/// Request(a) ──▶ write a …… Request(b), Request(c) …… a stands ──▶ write c …… b and c stand
/// </code>
/// </summary>
/// <param name="state">The state as its storage provider has it; read when this is made.</param>
/// <param name="serializer">Makes the payload.</param>
/// <param name="time">The clock.</param>
/// <param name="notSaved">Told of a write that failed and is tried again.</param>
/// <param name="fenced">Told, once, that another activation has written: nothing more is written after that.</param>
/// <param name="leaving">Ends the waiting for a store that is away.</param>
sealed class StateRecorder<T>(
    IPersistentState<JobRecord> state,
    Serializer serializer,
    TimeProvider time,
    Action<Exception> notSaved,
    Action<InconsistentStateException> fenced,
    CancellationToken leaving)
    where T : class
{
    static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    byte[] _standing = state.State.Payload;
    byte[]? _doubtful;
    T? _due;
    List<TaskCompletionSource> _waiting = [];
    bool _isFenced;

    /// <summary>What stood in the store when this was made; null when nothing did.</summary>
    public T? Read() => state.RecordExists ? serializer.Deserialize<T>(state.State.Payload) : null;

    /// <summary>When something was asked to be written last.</summary>
    public DateTimeOffset RequestedAt { get; private set; }

    /// <summary>Ends when nothing is being written.</summary>
    public Task Idle { get; private set; } = Task.CompletedTask;

    /// <summary>Has something written in place of all that was asked for before.</summary>
    /// <returns>Ends when it, or something newer, stands; cancelled when it never will by this activation.</returns>
    public Task Request(T value)
    {
        var stands = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_due, RequestedAt) = (value, time.GetUtcNow());
        _waiting.Add(stands);
        if (Idle.IsCompleted) Idle = WriteDueAsync();
        return stands.Task;
    }

    /// <summary>Writes once, at once; not while something is being written.</summary>
    /// <exception cref="InconsistentStateException">Another activation has written since.</exception>
    public async Task WriteAsync(T value)
    {
        var payload = serializer.SerializeToArray(value);
        if (_doubtful is not null) await SettleAsync();
        state.State.Payload = payload;
        try
        {
            await state.WriteStateAsync();
            _standing = payload;
        }
        catch (Exception error) when (error is not InconsistentStateException)
        {
            _doubtful = payload;
            throw;
        }
    }

    async Task WriteDueAsync()
    {
        var waiting = new List<TaskCompletionSource>();
        try
        {
            for (var pause = FirstPause; _due is { } value && !_isFenced;)
            {
                waiting.AddRange(_waiting);
                (_due, _waiting) = (null, []);
                try
                {
                    await WriteAsync(value);
                    waiting.ForEach(w => w.TrySetResult());
                    waiting.Clear();
                    pause = FirstPause;
                }
                catch (Exception error) when (error is not InconsistentStateException)
                {
                    notSaved(error);
                    _due ??= value;
                    await Task.Delay(pause, time, leaving);
                    pause = pause < LongestPause ? 2 * pause : LongestPause;
                }
            }
        }
        catch (InconsistentStateException error)
        {
            _isFenced = true;
            fenced(error);
        }
        catch (OperationCanceledException)
        {
            // Whoever goes on does so from what stands.
        }
        finally
        {
            waiting.Concat(_waiting).ToList().ForEach(w => w.TrySetCanceled());
            _waiting = [];
        }
    }

    /// <summary>
    /// A write that failed may have been carried out, and its mark is not known then: what stands is looked at before the next one.
    /// </summary>
    async Task SettleAsync()
    {
        await state.ReadStateAsync();
        var stored = state.State.Payload;
        if (!stored.AsSpan().SequenceEqual(_standing) && !stored.AsSpan().SequenceEqual(_doubtful))
            throw new InconsistentStateException("Another activation has written since.");
        (_standing, _doubtful) = (stored, null);
    }
}
