namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Silos that are stopped by SIGSTOP for half a minute.</summary>
public sealed class HangTests(RedisCluster fixture)
{
    [Fact]
    public Task The_job_ends_without_a_worker() => Hangs.SurviveAsync(fixture, coordinator: false);

    [Fact(Explicit = true), Trait("Duration", "minutes")]
    public Task The_job_ends_without_its_coordinator() => Hangs.SurviveAsync(fixture, coordinator: true);
}
