using System.Diagnostics;

namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Silos that hang and come back.</summary>
static class Hangs
{
    // SIGABRT: the end of a silo that finds itself declared dead.
    const int Aborted = 134;

    // Long enough for the others to give it up.
    static readonly TimeSpan Hang = TimeSpan.FromSeconds(30);

    /// <summary>The job ends without the silo that hangs, which ends by itself once it goes on.</summary>
    public static async Task SurviveAsync(ClusterFixture fixture, bool coordinator)
    {
        var cluster = await fixture.ReadyAsync();
        SiloProcess? victim = null;
        var hangs = new Stopwatch();
        var job = await InterruptedJob.RunAsync(cluster, 0.3, async name =>
        {
            var first = await cluster.CoordinatorAsync(name);
            victim = coordinator ? first : cluster.Silos.First(s => s != first);
            victim.Stop();
            hangs.Start();
        });
        job.AssertDone(cluster, fixture.Expected);
        // How long it hangs is what is tested: there is nothing else to wait for.
        if (Hang - hangs.Elapsed is { Ticks: > 0 } rest) await Task.Delay(rest, TestContext.Current.CancellationToken);
        victim!.Continue();
        Assert.Equal(Aborted, await victim.EndAsync());
        job.AssertDone(cluster, fixture.Expected);
    }
}
