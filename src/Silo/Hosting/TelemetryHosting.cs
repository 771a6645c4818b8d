using Distributed.Keops.Grains;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Hosting;

namespace Distributed.Keops.Silo;

/// <summary>Sends traces and metrics to a collector, where one is configured; all <c>OTEL_</c> settings of the standard apply.</summary>
static class TelemetryHosting
{
    /// <summary>The setting that names the collector.</summary>
    public const string Collector = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static ISiloBuilder AddKeopsTelemetry(this ISiloBuilder silo)
    {
        if (string.IsNullOrEmpty(silo.Configuration[Collector])) return silo;
        silo.AddActivityPropagation();
        silo.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("keops-silo", serviceInstanceId: silo.Configuration["Orleans:Name"]))
            .WithMetrics(metrics => metrics.AddMeter(EngineMetrics.MeterName, "Microsoft.Orleans", "System.Runtime").AddOtlpExporter())
            .WithTracing(traces => traces
                .AddSource(EngineActivities.SourceName, "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle").AddOtlpExporter());
        return silo;
    }
}
