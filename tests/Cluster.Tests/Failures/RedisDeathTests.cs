namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Silos that know each other by Redis die; jobs don't.</summary>
public sealed class RedisDeathTests(RedisCluster fixture)
{
    const int Seeds = 20;

    // Of them in every run.
    const int Few = 3;

    public static TheoryData<Victims, int> First => Cases(0, Few);

    public static TheoryData<Victims, int> Others => Cases(Few, Seeds - Few);

    [Theory, MemberData(nameof(First))]
    public Task The_result_has_the_same_bytes(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);

    [Theory(Explicit = true), MemberData(nameof(Others)), Trait("Duration", "minutes")]
    public Task The_result_has_the_same_bytes_at_length(Victims victims, int seed) => Deaths.SurviveAsync(fixture, victims, seed);

    static TheoryData<Victims, int> Cases(int first, int seeds) =>
        [.. from seed in Enumerable.Range(first, seeds) from victims in Enum.GetValues<Victims>() select (victims, seed)];
}
