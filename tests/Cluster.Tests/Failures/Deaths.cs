namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Who dies.</summary>
public enum Victims
{
    Worker,
    Coordinator,
    Two,
    All,
}

/// <summary>Jobs whose silos die by kill -9 in the middle.</summary>
static class Deaths
{
    /// <summary>Runs the job, kills at a fraction that the seed gives, and compares.</summary>
    public static async Task SurviveAsync(ClusterFixture fixture, Victims victims, int seed)
    {
        var cluster = await fixture.ReadyAsync();
        var random = new Random(seed);
        var job = await InterruptedJob.RunAsync(cluster, 0.15 + 0.6 * random.NextDouble(), async name =>
        {
            foreach (var silo in await ChooseAsync(cluster, victims, name, random)) silo.Kill();
            if (victims == Victims.All) await cluster.RestartAsync();
        });
        job.AssertDone(cluster, fixture.Expected);
    }

    static async Task<IReadOnlyList<SiloProcess>> ChooseAsync(TestCluster cluster, Victims victims, string job, Random random)
    {
        var coordinator = await cluster.CoordinatorAsync(job);
        var workers = cluster.Silos.Where(s => s != coordinator).ToList();
        return victims switch
        {
            Victims.Worker => [workers[random.Next(workers.Count)]],
            Victims.Coordinator => [coordinator],
            // With the coordinator or without.
            Victims.Two => random.Next(2) == 0 ? workers : [coordinator, workers[random.Next(workers.Count)]],
            _ => cluster.Silos,
        };
    }
}
