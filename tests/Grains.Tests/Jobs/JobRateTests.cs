namespace Distributed.Keops.Grains.Tests.Jobs;

public sealed class JobRateTests
{
    static readonly DateTimeOffset Start = new(2026, 11, 23, 0, 0, 0, TimeSpan.Zero);

    readonly JobRate _rate = new();

    [Fact]
    public void Nothing_is_known_at_first()
    {
        Assert.Equal(0, _rate.PairsPerSecond(Start, 100));
        _rate.Add(Start, 100);
        Assert.Equal(0, _rate.PairsPerSecond(Start, 100));
    }

    [Fact]
    public void What_a_former_life_has_done_is_no_speed_of_this_one()
    {
        _rate.Add(Start, 1e6);
        Assert.Equal(50, _rate.PairsPerSecond(Start.AddSeconds(2), 1e6 + 100));
    }

    [Fact]
    public void Only_the_window_counts()
    {
        for (var s = 0; s <= 60; s++) _rate.Add(Start.AddSeconds(s), 1000 * s);
        for (var s = 61; s <= 120; s++) _rate.Add(Start.AddSeconds(s), 60_000 + 10 * (s - 60));
        Assert.Equal(10, _rate.PairsPerSecond(Start.AddSeconds(120), 60_600), 1e-9);
        // Nothing comes any more: the rate falls by itself.
        Assert.True(_rate.PairsPerSecond(Start.AddSeconds(240), 60_600) < 2.1);
    }

    [Fact]
    public void Losses_are_no_negative_speed()
    {
        _rate.Add(Start, 1000);
        Assert.Equal(0, _rate.PairsPerSecond(Start.AddSeconds(1), 400));
    }

    [Fact]
    public void The_rest_takes_what_the_rate_says()
    {
        Assert.Equal(TimeSpan.FromSeconds(20), JobRate.Remaining(1000, 50));
        Assert.Null(JobRate.Remaining(1000, 0));
        Assert.Null(JobRate.Remaining(1e300, 1e-300));
        Assert.Equal(TimeSpan.Zero, JobRate.Remaining(0, 5));
    }
}
