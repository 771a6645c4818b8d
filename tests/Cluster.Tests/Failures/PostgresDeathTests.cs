namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>The same over PostgreSQL.</summary>
public sealed class PostgresDeathTests(PostgresCluster fixture) : IClassFixture<PostgresCluster>
{
    [Theory]
    [InlineData(Victims.Worker, 0)]
    [InlineData(Victims.Coordinator, 1)]
    public Task The_result_has_the_same_bytes(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);

    [Theory(Explicit = true), InlineData(Victims.Two, 0), InlineData(Victims.All, 0), Trait("Duration", "minutes")]
    public Task The_result_has_the_same_bytes_at_length(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);
}
