using Distributed.Keops.Grains;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using Orleans.Hosting;

namespace Distributed.Keops.Silo;

/// <summary>Sends traces and metrics to a collector, where one is configured.</summary>
static class TelemetryHosting
{
    const string Standard = "OTEL_EXPORTER_OTLP_ENDPOINT";

    public static ISiloBuilder AddKeopsTelemetry(this ISiloBuilder silo)
    {
        var (own, standard) = (silo.Configuration["Keops:Telemetry"], silo.Configuration[Standard]);
        if (string.IsNullOrEmpty(own) && string.IsNullOrEmpty(standard)) return silo;
        silo.AddActivityPropagation();
        silo.Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService("keops-silo", serviceInstanceId: silo.Configuration["Orleans:Name"]))
            .WithMetrics(metrics => metrics
                .AddMeter(EngineMetrics.MeterName, "Microsoft.Orleans", "System.Runtime")
                .AddOtlpExporter(Configure))
            .WithTracing(traces => traces
                .AddSource(EngineActivities.SourceName, "Microsoft.Orleans.Application", "Microsoft.Orleans.Lifecycle")
                .AddOtlpExporter(Configure));
        return silo;

        // Without an address of its own the exporter reads the standard variables itself.
        void Configure(OtlpExporterOptions exporter)
        {
            if (!string.IsNullOrEmpty(own) && Uri.TryCreate(own, UriKind.Absolute, out var uri)) exporter.Endpoint = uri;
        }
    }
}
