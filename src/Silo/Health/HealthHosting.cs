using Distributed.Keops.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Distributed.Keops.Silo;

/// <summary>Puts the health checks into a silo's host.</summary>
static class HealthHosting
{
    // A silo that is not ready for so many times its limit is better started anew.
    const int LiveFactor = 5;

    public static IServiceCollection AddKeopsHealth(this IServiceCollection services)
    {
        services.AddHealthChecks()
            .AddCheck<JoinedCheck>("joined", tags: [HealthTags.Startup, HealthTags.Ready])
            .AddCheck<GateCheck>("gate", tags: [HealthTags.Ready])
            .Add(Lane("lane", HealthTags.Ready, 1))
            .Add(Lane("lane alive", HealthTags.Live, LiveFactor));
        return services.AddHostedService<HealthServer>();
    }

    static HealthCheckRegistration Lane(string name, string tag, int factor) => new(
        name,
        services => new LaneCheck(
            services.GetRequiredService<ILaneState>(),
            services.GetRequiredService<IOptions<KeopsSiloOptions>>().Value.LaneSilence * factor),
        failureStatus: null,
        tags: [tag]);
}
