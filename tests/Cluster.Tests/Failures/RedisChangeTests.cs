namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Silos come, and the store goes away and comes back.</summary>
public sealed class RedisChangeTests(RedisCluster fixture)
{
    [Fact]
    public Task A_silo_that_joins_takes_part() => Changes.JoinAsync(fixture);

    [Fact]
    public Task A_store_that_restarts_costs_nothing() => Changes.RestartStoreAsync(fixture);
}
