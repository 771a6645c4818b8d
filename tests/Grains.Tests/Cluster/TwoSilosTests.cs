using System.Diagnostics;
using Distributed.Keops.Client;
using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Client.Local;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Grains.Tests.Cluster;

public sealed class TwoSilosTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_silos_share_the_work_and_give_the_bits_of_one()
    {
        await using var silos = await TwoSilos.StartAsync();
        // Many i-blocks; then few rows and many leaves, so that subtrees go to both silos and merges go between them: with states that
        // travel in receipts, and with states that are fetched.
        foreach (var call in new[] { Calls.Gauss(60_000, 2000), Calls.LogSumExp(64, 9 * 65536 + 5), Calls.Nearest(4096, 6 * 65536, 4) })
        {
            Calls.AssertSame(await Calls.LocallyAsync(call), await silos.Engine.ReduceAsync(call, null, Token));
            var last = await RunAsync(silos, "shared" + call.Reduction.Kind, call);
            Assert.Equal(JobPhase.Done, last.Phase);
            Assert.Equal(last.Pairs, last.PairsDone);
            Assert.Equal(2, last.Workers.Length);
            Assert.All(last.Workers, w => Assert.True(w.TasksDone > 0, $"{w.Silo} did nothing."));
        }
    }

    [Fact]
    public async Task Blocks_beyond_memory_go_to_disk_and_come_back()
    {
        await using var silos = await TwoSilos.StartAsync(blockBytes: 100_000);
        var call = Calls.Nearest(4096, 4 * 65536, 4);
        Calls.AssertSame(await Calls.LocallyAsync(call), await silos.Engine.ReduceAsync(call, null, Token));
    }

    [Fact]
    public async Task An_output_appears_once_and_a_finished_job_does_nothing_when_submitted_again()
    {
        await using var silos = await TwoSilos.StartAsync();
        await Calls.WriteCloudAsync(silos.Lake["x.parquet"], 9000, 5);
        var x = LazyTensor.FromCloud(CloudSpec.Parse("x.parquet:p_0,p_1,p_2"), Category.I);
        var y = LazyTensor.FromCloud(CloudSpec.Parse("x.parquet:p_0,p_1,p_2"), Category.J);
        var call = x.SqDist(y).Sum(axis: 1).WithOutput("out.parquet", "p_0");
        Assert.Equal(JobPhase.Done, (await RunAsync(silos, "written", call)).Phase);
        Assert.Equal(["out.parquet", "out.report.json", "x.parquet"], silos.Lake.Names);
        Assert.Equal(9000, (await Calls.ReadAsync(silos.Lake["out.parquet:sum"])).Length);

        File.Delete(silos.Lake["out.parquet"]);
        File.Delete(silos.Lake["out.report.json"]);
        Assert.Equal(JobPhase.Done, (await RunAsync(silos, "written", call)).Phase);
        Assert.Equal(["x.parquet"], silos.Lake.Names);
    }

    [Fact]
    public async Task Paths_outside_the_lake_are_refused()
    {
        await using var silos = await TwoSilos.StartAsync();
        var outside = LazyTensor.FromCloud(CloudSpec.Parse("../x.parquet:p_0"), Category.J).Sum(axis: 1);
        var error = await Assert.ThrowsAsync<DataException>(() => silos.Engine.ReduceAsync(outside, null, Token));
        Assert.Contains("outside the lake", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancelled_job_ends_cancelled()
    {
        await using var silos = await TwoSilos.StartAsync();
        var job = silos.Cluster.Client.GetGrain<IJobGrain>("cancelled");
        var request = await RequestAsync(silos, Calls.Gauss(300_000, 300_000).WithOutput("out.parquet"));
        await job.Submit(request);
        await foreach (var beat in silos.Engine.Jobs.Get(job.GetPrimaryKeyString()).WatchAsync(Token))
        {
            if (beat.Workers.Any(w => w.Outstanding > 0)) break;
        }

        Assert.Equal(JobPhase.Cancelled, (await job.Cancel()).Phase);
        Assert.Equal(JobPhase.Cancelled, (await job.Submit(request)).Phase);
        Assert.Empty(silos.Lake.Names);
    }

    [Fact]
    public async Task A_coordinator_that_is_lost_goes_on_from_what_it_wrote_down()
    {
        await using var silos = await TwoSilos.StartAsync();
        // Some seconds of work, so that it is not over before it is interrupted.
        var call = Calls.Gauss(240_000, 100_000);
        var request = await RequestAsync(silos, call);
        var job = silos.Cluster.Client.GetGrain<IJobGrain>("resumed");
        await job.Submit(request);
        var clock = Stopwatch.StartNew();
        await foreach (var beat in silos.Engine.Jobs.Get(job.GetPrimaryKeyString()).WatchAsync(Token))
        {
            // Longer than what may pass between two writings.
            if (beat.PairsDone > 0 && clock.Elapsed > TimeSpan.FromSeconds(1.3)) break;
        }

        await silos.Cluster.DeactivateAsync(job);
        var first = 0.0;
        await foreach (var beat in silos.Engine.Jobs.Get(job.GetPrimaryKeyString()).WatchAsync(Token)) first = first == 0 && beat.Phase == JobPhase.Running ? beat.PairsDone : first;
        Assert.True(first > 0, "The second life began with nothing.");
        var status = await job.Status();
        Assert.Equal(JobPhase.Done, status.Phase);
        var compiled = CompiledReduction.Compile(call.Reduction, call.Type);
        await using var sink = new ArraySink(call, compiled, status.Shape!.ToPlan());
        await new ResultFetcher(silos.Cluster.Client, job, compiled, status.Shape!.HasNulls).FetchAsync(sink, Token);
        var sums = (await sink.CompleteAsync(Token))[0];
        // The same points, fewer of them: a row's bits do not depend on the rows beside it.
        const int Compared = 8192;
        var expected = await Calls.LocallyAsync(Calls.Gauss(Compared, 100_000));
        Assert.Equal(expected[0].Singles.ToArray(), sums.Singles[..Compared].ToArray());
        Assert.DoesNotContain(0f, sums.Singles.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_silo_that_is_killed_is_not_missed(int victim)
    {
        await using var silos = await TwoSilos.StartAsync();
        // Runs of blocks whose results stand on the silo, and subtrees of which some have been merged already.
        foreach (var call in victim == 0 ? new[] { Calls.Gauss(60_000, 20_000) } : [Calls.Nearest(4096, 12 * 65536, 3)])
        {
            var expected = await Calls.LocallyAsync(call);
            var killed = Task.CompletedTask;
            var progress = new Reports(beat =>
            {
                if (killed.IsCompletedSuccessfully && beat.PairsDone > 0 && silos.Cluster.Silos.Count == 2)
                    killed = silos.Cluster.KillSiloAsync(silos.Cluster.Silos[victim]);
            });
            var actual = await silos.Engine.ReduceAsync(call, progress, Token);
            await killed;
            Assert.Single(silos.Cluster.Silos);
            Calls.AssertSame(expected, actual);
        }
    }

    static Task<ReductionRequest> RequestAsync(TwoSilos silos, ReductionCall call) =>
        new RequestWriter(new Uploader(silos.Cluster.Client, TimeSpan.FromSeconds(10))).WriteAsync(call, Token);

    static async Task<JobProgress> RunAsync(TwoSilos silos, string name, ReductionCall call)
    {
        var job = silos.Cluster.Client.GetGrain<IJobGrain>(name);
        await job.Submit(await RequestAsync(silos, call));
        JobProgress? last = null;
        await foreach (var beat in silos.Engine.Jobs.Get(job.GetPrimaryKeyString()).WatchAsync(Token)) last = beat;
        return last!;
    }

    sealed class Reports(Action<ReductionProgress> report) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => report(value);
    }
}
