namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Silos that know each other by Redis die; jobs don't.</summary>
public sealed class RedisDeathTests(RedisCluster fixture) : IClassFixture<RedisCluster>
{
    const int Seeds = 20;

    public static TheoryData<Victims, int> Few => [
        (Victims.Nobody, 0),
        (Victims.Worker, 0), (Victims.Worker, 1),
    ];

    public static TheoryData<Victims, int> Many => [
        .. from seed in Enumerable.Range(0, Seeds) from victims in Enum.GetValues<Victims>() where victims != Victims.Nobody select (victims, seed)];

    [Theory, MemberData(nameof(Few))]
    public Task The_result_has_the_same_bytes(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);

    [Theory(Explicit = true), MemberData(nameof(Many)), Trait("Duration", "minutes")]
    public Task The_result_has_the_same_bytes_at_length(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);
}
