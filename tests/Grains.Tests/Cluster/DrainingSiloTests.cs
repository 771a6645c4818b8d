using Distributed.Keops.Client;
using Distributed.Keops.Contracts;
using Microsoft.Extensions.DependencyInjection;

namespace Distributed.Keops.Grains.Tests.Cluster;

/// <summary>A silo that stops is given nothing new, whichever job asks, and what it holds can still be had.</summary>
public sealed class DrainingSiloTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task New_jobs_are_given_to_the_others()
    {
        await using var silos = await TwoSilos.StartAsync();
        var (gate, name) = Gate(silos, 1);
        using (gate.TryEnter())
        {
            _ = gate.CloseAsync();
            var worker = silos.Cluster.Client.GetGrain<IWorkerGrain>(name);
            Assert.True((await worker.Hello()).IsStopping);
            var call = Calls.Gauss(60_000, 20_000);
            var job = await silos.Engine.Jobs.SubmitAsync(call.WithOutput("out.parquet"), "after", Token);
            await job.ResultAsync(Token);
            Assert.Equal(silos.Cluster.Silos[0].Name, Assert.Single((await job.ReportAsync(Token)).Workers).Silo);
            Assert.Equal((await Calls.LocallyAsync(call))[0].Singles.ToArray(), await Calls.ReadAsync(silos.Lake["out.parquet:sum"]));
        }
    }

    [Fact]
    public async Task A_job_that_runs_gives_it_no_more_and_fetches_what_it_holds()
    {
        await using var silos = await TwoSilos.StartAsync();
        var (gate, _) = Gate(silos, 1);
        // Few rows and many leaves, so that each holds states that the other needs.
        var call = Calls.Nearest(4096, 12 * 65536, 3);
        var closed = false;
        var result = await silos.Engine.ReduceAsync(call, new Reports(beat =>
        {
            if (closed || beat.PairsDone == 0 || gate.InHand == 0) return;
            closed = true;
            _ = gate.CloseAsync();
        }), Token);
        Assert.True(closed);
        Assert.Equal(0, gate.InHand);
        Calls.AssertSame(await Calls.LocallyAsync(call), result);
    }

    static (WorkGate Gate, string Name) Gate(TwoSilos silos, int silo)
    {
        var handle = silos.Cluster.Silos[silo];
        return (silos.Cluster.GetSiloServiceProvider(handle.SiloAddress).GetRequiredService<WorkGate>(), handle.Name);
    }

    sealed class Reports(Action<ReductionProgress> report) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => report(value);
    }
}
