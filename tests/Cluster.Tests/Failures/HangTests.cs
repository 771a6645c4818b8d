namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Silos that are stopped by SIGSTOP for half a minute.</summary>
public sealed class HangTests(RedisCluster fixture) : IClassFixture<RedisCluster>
{
    [Theory(Explicit = true), InlineData(false), InlineData(true), Trait("Duration", "minutes")]
    public Task The_job_ends_without_it(bool coordinator) => Hangs.SurviveAsync(fixture, coordinator);
}
