using System.Net;
using Distributed.Keops.Client.Cluster;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Distributed.Keops.Silo;

/// <summary>
/// Answers probes over HTTP from before the silo joins until after it has left: 200 and <c>Healthy</c>, or 503 and what is wrong.
/// <code>
/// /health/startup  it has joined
/// /health/ready    it has joined, takes work, and its lane gets on
/// /health/live     the process answers, and its lane is not stuck
/// </code>
/// </summary>
sealed class HealthServer(HealthCheckService checks, IOptions<KeopsSiloOptions> options) : IHostedService, IAsyncDisposable
{
    WebApplication? _app;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var (port, address) = (options.Value.HealthPort, IPAddress.Parse(options.Value.HealthAddress));
        if (port == 0) return;
        // A small host of its own: it stands while the silo's comes and goes.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(address, port, o => o.Protocols = HttpProtocols.Http1));
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton(checks);
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        _app = builder.Build();
        foreach (var tag in HealthTags.All)
        {
            _app.MapHealthChecks($"/health/{tag}", new HealthCheckOptions { Predicate = check => check.Tags.Contains(tag), ResponseWriter = WriteAsync });
        }

        await _app.StartAsync(cancellationToken).ConfigureAwait(false);
    }

    public Task StopAsync(CancellationToken cancellationToken) => _app?.StopAsync(cancellationToken) ?? Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null) await _app.DisposeAsync().ConfigureAwait(false);
    }

    static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "text/plain; charset=utf-8";
        var wrong = report.Entries.Values.Where(e => e.Status != HealthStatus.Healthy).Select(e => e.Description ?? e.Exception?.Message);
        return context.Response.WriteAsync(string.Join('\n', wrong.Prepend(report.Status.ToString())) + "\n");
    }
}
