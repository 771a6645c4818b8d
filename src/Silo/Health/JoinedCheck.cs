using Microsoft.Extensions.Diagnostics.HealthChecks;
using Orleans.Runtime;

namespace Distributed.Keops.Silo;

/// <summary>Whether the silo is an active member of its cluster, by its own view: nobody is asked.</summary>
sealed class JoinedCheck(ILocalSiloDetails silo, IClusterMembershipService membership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var status = membership.CurrentSnapshot.GetSiloStatus(silo.SiloAddress);
        return Task.FromResult(status == SiloStatus.Active
            ? HealthCheckResult.Healthy()
            : HealthCheckResult.Unhealthy($"The silo is {status}, not Active."));
    }
}
