using Distributed.Keops.Grains;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distributed.Keops.Silo;

/// <summary>Whether the lane gets on with its work. An idle one does.</summary>
/// <param name="lane">The lane.</param>
/// <param name="limit">How long it may be silent over its work.</param>
sealed class LaneCheck(ILaneState lane, TimeSpan limit) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(lane.Silence <= limit
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy(
                $"The lane has had work for {lane.Silence:c} without getting any of it done; {limit:c} is the limit."));
}
