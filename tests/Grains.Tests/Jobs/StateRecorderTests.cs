using Distributed.Keops.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Distributed.Keops.Grains.Tests.Jobs;

/// <summary>What is written, when, and who is told, whatever the store does.</summary>
public sealed class StateRecorderTests : IDisposable
{
    readonly ServiceProvider _services = new ServiceCollection()
        .AddSerializer(s => s.AddAssembly(typeof(JobSnapshot).Assembly)).BuildServiceProvider();
    readonly FakeTimeProvider _time = new();
    readonly CancellationTokenSource _leaving = new();
    readonly Store _store = new();
    readonly List<Exception> _failures = [];
    readonly List<Exception> _fences = [];
    readonly StateRecorder<JobSnapshot> _recorder;

    public StateRecorderTests() => _recorder = Recorder(_store.Open());

    static CancellationToken Token => TestContext.Current.CancellationToken;

    Serializer Serializer => _services.GetRequiredService<Serializer>();

    public void Dispose()
    {
        _leaving.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task While_one_is_written_the_last_wish_wins_and_all_are_told()
    {
        var hold = _store.Hold();
        var first = _recorder.Request(Attempt(1));
        var second = _recorder.Request(Attempt(2));
        var third = _recorder.Request(Attempt(3));
        Assert.False(first.IsCompleted);
        hold.SetResult();
        await Task.WhenAll(first, second, third).WaitAsync(Token);
        Assert.Equal([1, 3], Written());
        Assert.True(_recorder.Idle.IsCompleted);
        Assert.Equal(3, Recorder(_store.Open()).Read()!.Attempts);
    }

    [Fact]
    public async Task A_store_that_is_away_is_tried_again_with_what_is_newest()
    {
        _store.Fault = () => new TimeoutException("away");
        var first = _recorder.Request(Attempt(1));
        var second = _recorder.Request(Attempt(2));
        Assert.Single(_failures);
        // The pauses grow, so that a store that comes back is not run over.
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, _failures.Count);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Equal(2, _failures.Count);
        Assert.False(first.IsCompleted || second.IsCompleted);
        _store.Fault = null;
        _time.Advance(TimeSpan.FromSeconds(0.1));
        await Task.WhenAll(first, second).WaitAsync(Token);
        Assert.Equal([2], Written());
    }

    [Fact]
    public async Task A_write_that_failed_but_was_carried_out_is_no_stranger()
    {
        _store.FaultAfter = () => new TimeoutException("no answer");
        var stands = _recorder.Request(Attempt(1));
        _store.FaultAfter = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        await stands.WaitAsync(Token);
        await _recorder.Request(Attempt(2)).WaitAsync(Token);
        Assert.Equal([1, 1, 2], Written());
        Assert.Empty(_fences);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Another_activation_that_has_written_is_given_way_to(bool afterFault)
    {
        await _recorder.WriteAsync(Attempt(1));
        await Recorder(_store.Open()).WriteAsync(Attempt(7));
        _store.Fault = afterFault ? () => new TimeoutException("away") : null;
        var stands = _recorder.Request(Attempt(2));
        _store.Fault = null;
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stands.WaitAsync(Token));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _recorder.Request(Attempt(3)).WaitAsync(Token));
        Assert.IsType<InconsistentStateException>(Assert.Single(_fences));
        Assert.Equal([1, 7], Written());
    }

    [Fact]
    public async Task Who_leaves_waits_for_no_store()
    {
        _store.Fault = () => new TimeoutException("away");
        var stands = _recorder.Request(Attempt(1));
        await _leaving.CancelAsync();
        await _recorder.Idle.WaitAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => stands.WaitAsync(Token));
        Assert.Empty(Written());
    }

    static JobSnapshot Attempt(int number) => new() { Attempts = number };

    StateRecorder<JobSnapshot> Recorder(IPersistentState<JobRecord> state) =>
        new(state, Serializer, _time, _failures.Add, _fences.Add, _leaving.Token);

    IEnumerable<int> Written() => _store.Written.Select(payload => Serializer.Deserialize<JobSnapshot>(payload)!.Attempts);

    /// <summary>One record with a mark that changes with every write, and whoever has opened it.</summary>
    sealed class Store
    {
        TaskCompletionSource? _hold;

        public List<byte[]> Written { get; } = [];

        public Func<Exception>? Fault { get; set; }

        /// <summary>The error of a write that has been carried out.</summary>
        public Func<Exception>? FaultAfter { get; set; }

        public TaskCompletionSource Hold() => _hold = new TaskCompletionSource();

        public Opened Open()
        {
            var state = new Opened(this);
            state.Read();
            return state;
        }

        public sealed class Opened(Store store) : IPersistentState<JobRecord>
        {
            public JobRecord State { get; set; } = new();

            public string? Etag { get; private set; }

            public bool RecordExists => Etag is not null;

            public void Read()
            {
                if (store.Written.Count == 0) return;
                (State, Etag) = (new JobRecord { Payload = store.Written[^1] }, $"{store.Written.Count}");
            }

            public async Task WriteStateAsync()
            {
                if (store.Fault is { } fault) throw fault();
                if (Etag != (store.Written.Count == 0 ? null : $"{store.Written.Count}")) throw new InconsistentStateException("changed");
                var payload = State.Payload;
                if (store._hold is { } hold) await hold.Task;
                store.Written.Add(payload);
                if (store.FaultAfter is { } after) throw after();
                Etag = $"{store.Written.Count}";
            }

            public Task ReadStateAsync()
            {
                if (store.Fault is { } fault) throw fault();
                Read();
                return Task.CompletedTask;
            }

            public Task ClearStateAsync() => throw new NotSupportedException();
        }
    }
}
