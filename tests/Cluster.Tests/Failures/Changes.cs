using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>What changes around a job that is not the death of a silo.</summary>
static class Changes
{
    // Kernels, so that two silos take longer than a third needs to start.
    const int Long = 6;

    /// <summary>A silo that joins in the middle of the job takes part.</summary>
    public static async Task JoinAsync(ClusterFixture fixture)
    {
        var cluster = await fixture.ReadyAsync();
        // Two work at first; the third leaves in good order and comes back in the middle.
        var late = cluster.Silos[^1];
        late.Terminate();
        Assert.Equal(0, await late.EndAsync());
        var job = await InterruptedJob.RunAsync(cluster, 0.05, _ =>
        {
            late.Start();
            return late.ReadyAsync();
        }, Long);
        var undisturbed = await InterruptedJob.RunAsync(cluster, 0, _ => Task.CompletedTask, Long);
        job.AssertDone(cluster, undisturbed.Bytes);
        Assert.Contains(job.Beats[^1].Workers, w => w.Silo == late.Name && w.TasksDone > 0);
    }

    /// <summary>The store dies in the middle of the job and comes back with what it had.</summary>
    public static async Task RestartStoreAsync(ClusterFixture fixture)
    {
        var cluster = await fixture.ReadyAsync();
        var job = await InterruptedJob.RunAsync(cluster, 0.3, _ =>
        {
            cluster.Store.Kill();
            return cluster.Store.StartAsync();
        });
        job.AssertDone(cluster, fixture.Expected);
        Assert.All(cluster.Silos, s => Assert.True(s.IsRunning, s.Log));
        Assert.Equal(JobPhase.Done, (await cluster.Jobs.Get(job.Name).StatusAsync(TestContext.Current.CancellationToken)).Phase);
    }
}
