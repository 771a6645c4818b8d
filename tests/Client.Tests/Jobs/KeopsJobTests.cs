using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Orleans.Runtime;

namespace Distributed.Keops.Client.Tests.Jobs;

public sealed class KeopsJobTests
{
    readonly ScriptedJob _script = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    KeopsJob Job => _script.Engine.Jobs.Get("job");

    static JobProgress Beat(long sequence, JobPhase phase = JobPhase.Running) => new(sequence, phase, sequence, 100, []);

    async Task<List<long>> WatchAsync()
    {
        var seen = new List<long>();
        await foreach (var beat in Job.WatchAsync(Token)) seen.Add(beat.Sequence);
        return seen;
    }

    void Script(params object?[] beats)
    {
        foreach (var beat in beats) _script.Beats.Enqueue(beat);
    }

    [Fact]
    public async Task Whoever_is_lost_is_asked_again()
    {
        Script(
            Beat(1), Beat(2), new SiloUnavailableException("down"), new TimeoutException(),
            new KeopsFaultException(FaultKind.Stopping, "leaving"), Beat(3), Beat(4, JobPhase.Done));
        Assert.Equal([1, 2, 3, 4], await WatchAsync());
        Assert.Equal([0, 1, 2, 2, 2, 2, 3], _script.Afters);
    }

    [Fact]
    public async Task Whoever_falls_silent_is_asked_again()
    {
        Script(Beat(1), new TaskCompletionSource().Task, Beat(2, JobPhase.Done));
        Assert.Equal([1, 2], await WatchAsync());
        Assert.Equal([0, 1, 1], _script.Afters);
    }

    [Fact]
    public async Task What_only_says_that_somebody_is_there_is_not_told()
    {
        Script(Beat(1), Beat(1), Beat(2), Beat(2), Beat(3, JobPhase.Done));
        Assert.Equal([1, 2, 3], await WatchAsync());
    }

    [Fact]
    public async Task The_end_is_asked_for_once()
    {
        Script(Beat(1, JobPhase.Failed), Beat(2));
        Assert.Equal([1], await WatchAsync());
    }

    [Fact]
    public async Task A_job_that_is_not_there_has_no_progress()
    {
        Script([null]);
        Assert.Empty(await WatchAsync());
    }

    [Fact]
    public async Task What_is_no_silence_is_not_waited_out()
    {
        Script(new InvalidOperationException("broken"));
        await Assert.ThrowsAsync<InvalidOperationException>(WatchAsync);
        _script.Statuses.Enqueue(new KeopsFaultException(FaultKind.Call, "no."));
        Assert.Equal("no.", (await Assert.ThrowsAsync<KeopsException>(() => Job.StatusAsync(Token))).Message);
    }

    [Fact]
    public async Task Questions_are_asked_again()
    {
        _script.Statuses.Enqueue(new TimeoutException());
        _script.Statuses.Enqueue(new KeopsFaultException(FaultKind.Transient, "disk"));
        _script.Statuses.Enqueue(new JobStatus(JobPhase.Running, null, FaultKind.None, null));
        Assert.Equal(JobPhase.Running, (await Job.StatusAsync(Token)).Phase);
    }

    [Theory]
    [InlineData(FaultKind.Formula, typeof(FormulaException))]
    [InlineData(FaultKind.Data, typeof(DataException))]
    [InlineData(FaultKind.Internal, typeof(KeopsException))]
    public async Task A_failed_job_throws_what_the_same_call_throws_here(FaultKind kind, Type expected)
    {
        Script(Beat(1, JobPhase.Failed));
        _script.Statuses.Enqueue(new JobStatus(JobPhase.Failed, null, kind, "because."));
        var error = await Assert.ThrowsAnyAsync<KeopsException>(() => Job.ResultAsync(Token));
        Assert.Equal((expected, "because."), (error.GetType(), error.Message));
    }
}
