using Distributed.Keops.Client;
using Distributed.Keops.Contracts;
using Distributed.Keops.Grains.Tests.Cluster;
using Orleans.Serialization;

namespace Distributed.Keops.Grains.Tests.Jobs;

/// <summary>What a job has written down when it loses its coordinator, and what it does while it can't write.</summary>
public sealed class SavingTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static ReductionCall Long => Calls.Gauss(200_000, 100_000).WithOutput("out.parquet");

    [Fact]
    public async Task A_wish_to_cancel_outlives_the_coordinator()
    {
        await using var silos = await TwoSilos.StartAsync(silos: 3);
        var job = await silos.Engine.Jobs.SubmitAsync(Long, "wished", Token);
        await foreach (var beat in job.WatchAsync(Token))
        {
            if (beat.PairsDone > 0) break;
        }

        var end = HoldWrites(silos, snapshot => snapshot.Phase.IsTerminal());
        // Nobody asks again when there is no answer.
        job.Grain.Cancel().Ignore();
        await end.WaitAsync(Token);
        silos.Storage.BeforeWrite = (_, _) => Task.CompletedTask;
        await silos.KillCoordinatorAsync(job);
        Assert.Equal(JobPhase.Cancelled, (await job.WaitAsync(null, Token)).Phase);
        Assert.Equal(2, (await job.ReportAsync(Token)).Coordinators);
        Assert.Empty(silos.Lake.Names);
    }

    [Fact]
    public async Task Who_cancels_asks_again_where_ending_takes_long()
    {
        await using var silos = await TwoSilos.StartAsync();
        var job = await silos.Engine.Jobs.SubmitAsync(Long, "slow", Token);
        var back = new TaskCompletionSource();
        var end = HoldWrites(silos, snapshot => snapshot.Phase.IsTerminal(), back.Task);
        Assert.False((await job.Grain.Cancel()).Phase.IsTerminal());
        var cancelling = job.CancelAsync(Token);
        await end.WaitAsync(Token);
        back.SetResult();
        Assert.Equal(JobPhase.Cancelled, (await cancelling).Phase);
    }

    [Fact]
    public async Task An_output_that_may_be_there_is_not_cancelled_by_a_later_life()
    {
        await using var silos = await TwoSilos.StartAsync(silos: 3);
        var end = HoldWrites(silos, snapshot => snapshot.Phase.IsTerminal());
        var job = await silos.Engine.Jobs.SubmitAsync(Calls.Gauss(2000, 2000).WithOutput("out.parquet"), "there", Token);
        await end.WaitAsync(Token);
        Assert.Equal(["out.parquet", "out.report.json"], silos.Lake.Names.Where(n => !n.StartsWith('.')));
        silos.Storage.BeforeWrite = (_, _) => Task.CompletedTask;
        await silos.KillCoordinatorAsync(job);
        Assert.Equal(JobPhase.Done, (await job.CancelAsync(Token)).Phase);
        Assert.Equal(["out.parquet", "out.report.json"], silos.Lake.Names);
    }

    [Fact]
    public async Task Tasks_go_on_while_the_store_is_away_and_the_output_waits_for_it()
    {
        await using var silos = await TwoSilos.StartAsync();
        var job = await silos.Engine.Jobs.SubmitAsync(Calls.Gauss(60_000, 50_000).WithOutput("out.parquet"), "patient", Token);
        var back = new TaskCompletionSource();
        silos.Storage.BeforeWrite = (_, _) => back.Task;
        await foreach (var beat in job.WatchAsync(Token))
        {
            if (beat.Phase != JobPhase.Writing) continue;
            Assert.Equal(beat.Pairs, beat.PairsDone);
            break;
        }

        Assert.DoesNotContain("out.parquet", silos.Lake.Names);
        back.SetResult();
        Assert.Equal(JobPhase.Done, (await job.WaitAsync(null, Token)).Phase);
        Assert.Equal(["out.parquet", "out.report.json"], silos.Lake.Names);
    }

    [Fact]
    public async Task A_result_that_is_fetched_waits_for_no_store()
    {
        await using var silos = await TwoSilos.StartAsync();
        var call = Calls.Gauss(30_000, 30_000);
        var away = new TaskCompletionSource();
        // All but the job's first record.
        _ = HoldWrites(silos, snapshot => snapshot.Phase != JobPhase.Planning, away.Task);
        Calls.AssertSame(await Calls.LocallyAsync(call), await silos.Engine.ReduceAsync(call, null, Token));
        away.SetResult();
    }

    /// <summary>Holds writes of some states of jobs, for ever unless told otherwise.</summary>
    /// <returns>Ends with the first write that is held.</returns>
    static Task HoldWrites(TwoSilos silos, Func<JobSnapshot, bool> isHeld, Task? until = null)
    {
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var serializer = (Serializer)silos.Cluster.GetSiloServiceProvider().GetService(typeof(Serializer))!;
        silos.Storage.BeforeWrite = (name, state) =>
        {
            if (name != "job" || !isHeld(serializer.Deserialize<JobSnapshot>(((JobRecord)state).Payload)!)) return Task.CompletedTask;
            held.TrySetResult();
            return until ?? Task.Delay(Timeout.Infinite);
        };
        return held.Task;
    }
}
