namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>The same over PostgreSQL.</summary>
public sealed class PostgresDeathTests(PostgresCluster fixture)
{
    [Theory, InlineData(Victims.Coordinator, 1)]
    public Task The_result_has_the_same_bytes(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);

    [Theory(Explicit = true), Trait("Duration", "minutes")]
    [InlineData(Victims.Worker, 0), InlineData(Victims.Two, 0), InlineData(Victims.All, 0)]
    public Task The_result_has_the_same_bytes_at_length(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);

    [Fact(Explicit = true), Trait("Duration", "minutes")]
    public Task A_silo_that_joins_takes_part() => Changes.JoinAsync(fixture);

    [Fact]
    public Task A_store_that_restarts_costs_nothing() => Changes.RestartStoreAsync(fixture);

    [Fact(Explicit = true), Trait("Duration", "minutes")]
    public Task A_silo_that_hangs_is_done_without() => Hangs.SurviveAsync(fixture, coordinator: false);
}
