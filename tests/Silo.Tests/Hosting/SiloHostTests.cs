using System.Diagnostics;
using System.Net;
using Distributed.Keops.Client;
using Distributed.Keops.Contracts;
using Distributed.Keops.Grains;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Plans;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans;
using Orleans.Configuration;

namespace Distributed.Keops.Silo.Tests.Hosting;

/// <summary>A silo from its configuration: it works, it says how it is, it leaves in good order.</summary>
public sealed class SiloHostTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Clients_compute_on_it_and_probes_find_it_well()
    {
        await using var silo = await RunningSilo.StartAsync();
        Assert.Contains($"gateway {silo.Gateway}, 1 threads, lake {silo.Lake.Path}", silo.Host.Description, StringComparison.Ordinal);
        await using var engine = await silo.ConnectAsync();
        LazyTensor x = LazyTensor.Vi(new float[,] { { 1 }, { 2 } }), y = LazyTensor.Vj(new float[,] { { 3 }, { 4 }, { 5 } });
        var result = await engine.ReduceAsync((x * y).Sum(axis: 1), null, Token);
        Assert.Equal([12f, 24f], result[0].Singles.ToArray());
        foreach (var tag in (string[])["startup", "ready", "live"])
            Assert.Equal((HttpStatusCode.OK, "Healthy\n"), await silo.ProbeAsync(tag));
        Assert.Equal(HttpStatusCode.NotFound, (await silo.ProbeAsync("other")).Code);
    }

    [Fact]
    public async Task Membership_is_set_as_every_other_section()
    {
        using var lake = new TempFolder();
        var settings = RunningSilo.Settings(lake, RunningSilo.FreePorts(3));
        await using var host = SiloHost.Create(SiloConfiguration.Read(null, [.. settings, "--Orleans:Membership:ProbeTimeout=00:00:02"]));
        var options = host.Services.GetRequiredService<IOptions<ClusterMembershipOptions>>().Value;
        Assert.Equal(TimeSpan.FromSeconds(2), options.ProbeTimeout);
        Assert.False(options.EnableConnectionLivenessCheck);
    }

    [Fact]
    public async Task A_client_of_another_cluster_is_refused_with_the_reason()
    {
        await using var silo = await RunningSilo.StartAsync();
        var engine = KeopsEngine.ConnectAsync(
            new Client.ClusterOptions { Gateways = [silo.Gateway], ClusterId = "other", ConnectTimeout = TimeSpan.FromSeconds(2) }, Token);
        var error = await Assert.ThrowsAsync<KeopsException>(() => engine);
        Assert.Contains("refuses clients of the cluster 'other'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_there_is_told_in_time()
    {
        var (clock, port) = (Stopwatch.StartNew(), RunningSilo.FreePorts(1)[0]);
        var options = new Client.ClusterOptions { Gateways = [$"127.0.0.1:{port}"], ConnectTimeout = TimeSpan.FromSeconds(1) };
        var error = await Assert.ThrowsAsync<KeopsException>(() => KeopsEngine.ConnectAsync(options, Token));
        Assert.Contains($"127.0.0.1:{port} within 1 s", error.Message, StringComparison.Ordinal);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(8), $"It took {clock.Elapsed}.");
    }

    [Fact]
    public async Task Stopping_takes_no_more_work_and_lets_end_what_runs()
    {
        await using var silo = await RunningSilo.StartAsync();
        var pass = silo.Get<WorkGate>().TryEnter();
        var worker = silo.Get<IGrainFactory>().GetGrain<IWorkerGrain>(silo.Get<Orleans.Runtime.ILocalSiloDetails>().Name);
        var stopping = silo.StopAsync();
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "Unhealthy\nThe silo is stopping.\n"), await silo.ProbeAsync("ready"));
        Assert.Equal(HttpStatusCode.OK, (await silo.ProbeAsync("live")).Code);
        var refused = await Assert.ThrowsAsync<KeopsFaultException>(() => worker.Run(new ReductionTask("job", new PlanTask()), Token));
        Assert.Equal(FaultKind.Stopping, refused.Kind);
        // Whom others ask for what it holds still answers.
        Assert.True((await worker.Hello()).IsStopping);
        Assert.False(stopping.IsCompleted);
        pass!.Dispose();
        await stopping.WaitAsync(Patience, Token);
    }

    [Theory]
    [InlineData("00:01:00", "00:00:02", 30)]
    // A task that takes longer than the silo has is cut off and computed by the other one.
    [InlineData("00:00:01", "00:01:00", 10)]
    public async Task A_silo_that_leaves_a_job_loses_nothing_of_it(string shutdown, string taskTime, double most)
    {
        await using var first = await RunningSilo.StartAsync($"--Keops:TaskTime={taskTime}");
        await using var second = await RunningSilo.StartAsync(
            $"--Keops:Lake:0={first.Lake.Path}",
            $"--Orleans:Clustering:PrimarySiloEndPoint=127.0.0.1:{first.Ports[0]}",
            $"--Keops:TaskTime={taskTime}",
            $"--Keops:ShutdownTimeout={shutdown}");
        var random = new Random(1);
        float[] Uniform(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
        var x = LazyTensor.Vi((ReadOnlyMemory<float>)Uniform(120_000), 1);
        var y = LazyTensor.Vj((ReadOnlyMemory<float>)Uniform(100_000), 1);
        var call = (-x.SqDist(y)).Exp().Sum(axis: 1);
        var gate = second.Get<WorkGate>();
        var clock = new Stopwatch();
        var stopping = new TaskCompletionSource<Task>(TaskCreationOptions.RunContinuationsAsynchronously);
        var progress = new Watching(beat =>
        {
            // The first tasks are short; by then they are done.
            if (gate.InHand == 0 || beat.PairsDone < 0.1 * beat.Pairs || stopping.Task.IsCompleted) return;
            clock.Start();
            stopping.TrySetResult(StopAsync());
        });
        await using var engine = await first.ConnectAsync();
        var result = await engine.ReduceAsync(call, progress, Token);
        await (await stopping.Task.WaitAsync(Patience, Token)).WaitAsync(Patience, Token);
        Assert.InRange(clock.Elapsed.TotalSeconds, 0, most);
        await using var local = KeopsEngine.CreateLocal();
        Assert.Equal((await local.ReduceAsync(call, null, Token))[0].Singles.ToArray(), result[0].Singles.ToArray());

        async Task StopAsync()
        {
            await second.StopAsync();
            clock.Stop();
        }
    }

    [Fact]
    public async Task Work_that_does_not_end_is_not_waited_for_longer_than_said()
    {
        await using var silo = await RunningSilo.StartAsync("--Keops:ShutdownTimeout=00:00:02");
        using var pass = silo.Get<WorkGate>().TryEnter();
        var clock = Stopwatch.StartNew();
        await silo.StopAsync().WaitAsync(Patience, Token);
        Assert.InRange(clock.Elapsed.TotalSeconds, 1.4, 10);
    }

    sealed class Watching(Action<ReductionProgress> look) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => look(value);
    }
}
