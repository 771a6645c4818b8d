using Distributed.Keops.Grains;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distributed.Keops.Silo.Tests.Health;

public sealed class LaneCheckTests
{
    [Theory]
    [InlineData(0, HealthStatus.Healthy)]
    [InlineData(60, HealthStatus.Healthy)]
    [InlineData(61, HealthStatus.Unhealthy)]
    public async Task A_lane_that_is_silent_over_its_work_is_not_well(int seconds, HealthStatus expected)
    {
        var check = new LaneCheck(new Lane(TimeSpan.FromSeconds(seconds)), TimeSpan.FromSeconds(60));
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("lane", check, HealthStatus.Unhealthy, null) };
        Assert.Equal(expected, (await check.CheckHealthAsync(context, TestContext.Current.CancellationToken)).Status);
    }

    sealed record Lane(TimeSpan Silence) : ILaneState;
}
