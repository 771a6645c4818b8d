using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Distributed.Keops.Silo.Tests.Telemetry;

/// <summary>Takes what OTLP sends over HTTP and keeps it, by path; names stand in the binary as they are.</summary>
sealed class Collector : IAsyncDisposable
{
    readonly WebApplication _app;
    readonly ConcurrentDictionary<string, string> _received = [];

    Collector(WebApplication app, int port) => (_app, Address) = (app, $"http://127.0.0.1:{port}");

    public string Address { get; }

    /// <summary>All that came to a path.</summary>
    public string this[string path] => _received.GetValueOrDefault(path, "");

    public static async Task<Collector> StartAsync()
    {
        var port = RunningSilo.FreePorts(1)[0];
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
        var collector = new Collector(builder.Build(), port);
        collector._app.Run(collector.TakeAsync);
        await collector._app.StartAsync(TestContext.Current.CancellationToken);
        return collector;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var text = Encoding.Latin1.GetString(body.ToArray());
        _received.AddOrUpdate(context.Request.Path, text, (_, before) => before + text);
    }
}
