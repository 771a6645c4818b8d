using System.Diagnostics;
using Distributed.Keops.Client;
using Distributed.Keops.Cluster.Tests.Services;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cluster.Tests.Measures;

/// <summary>What a cluster costs beside the work itself: the same job in turn here and there, and the medians. Figures are printed, not asserted.</summary>
public sealed class OverheadTests(ITestOutputHelper output)
{
    const int Times = 5;

    // More than ten seconds of work for a thread.
    const int Kernels = 5;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Explicit = true), InlineData(1), InlineData(2), Trait("Duration", "minutes")]
    public async Task One_silo_beside_this_process(int threads)
    {
        await using var silo = await TestCluster.StartAsync(new RedisServer(), 1, threads);
        await Gauss.WriteInputsAsync(silo.Lake);
        await using var here = KeopsEngine.CreateLocal(threads);
        await CompareAsync(
            $"this process, {threads} threads", () => ReduceAsync(here, silo, threads), $"one silo, {threads} threads", () => RunAsync(silo, threads));
    }

    [Fact(Explicit = true), Trait("Duration", "minutes")]
    public async Task Two_silos_beside_one()
    {
        await using var one = await TestCluster.StartAsync(new RedisServer(), 1, threads: 2);
        await using var two = await TestCluster.StartAsync(new RedisServer(), 2, threads: 1);
        await Gauss.WriteInputsAsync(one.Lake);
        await Gauss.WriteInputsAsync(two.Lake);
        await CompareAsync("one silo, two threads", () => RunAsync(one, 2), "two silos, one thread each", () => RunAsync(two, 2));
    }

    async Task CompareAsync(string first, Func<Task> runFirst, string second, Func<Task> runSecond)
    {
        // Warm: processes, connections, kernels, files.
        await runFirst();
        await runSecond();
        var (a, b) = (new List<double>(), new List<double>());
        for (var n = 0; n < Times; n++)
        {
            a.Add(await TimeAsync(runFirst));
            b.Add(await TimeAsync(runSecond));
        }

        var (medianA, medianB) = (a.Order().ElementAt(Times / 2), b.Order().ElementAt(Times / 2));
        output.WriteLine($"{first}: {medianA:0.00} s ({string.Join(" ", a.Select(s => s.ToString("0.00")))})");
        output.WriteLine($"{second}: {medianB:0.00} s ({string.Join(" ", b.Select(s => s.ToString("0.00")))}), {medianB / medianA - 1:+0.0 %;-0.0 %}");
    }

    static async Task<double> TimeAsync(Func<Task> run)
    {
        var clock = Stopwatch.StartNew();
        await run();
        return clock.Elapsed.TotalSeconds;
    }

    static async Task RunAsync(TestCluster cluster, int threads)
    {
        var name = JobId.New();
        var job = await cluster.Jobs.SubmitAsync(Gauss.Call($"{name}.parquet", threads * Kernels), name, Token);
        var status = await job.WaitAsync(null, Token);
        Assert.True(status.Phase == JobPhase.Done, status.Message);
    }

    static async Task ReduceAsync(KeopsEngine engine, TestCluster cluster, int threads)
    {
        var call = Gauss.Call(cluster.Lake[$"{JobId.New()}.parquet"], threads * Kernels, cluster.Lake.Path);
        await engine.ReduceAsync(call, null, Token);
    }
}
