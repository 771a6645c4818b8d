using Distributed.Keops.Grains;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace Distributed.Keops.Silo;

/// <summary>Whether the silo still takes work.</summary>
sealed class GateCheck(WorkGate gate) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(gate.IsClosed ? HealthCheckResult.Unhealthy("The silo is stopping.") : HealthCheckResult.Healthy());
}
