using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Kernels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Distributed.Keops.Silo;

/// <summary>
/// A silo as a program of its own, set up by its configuration alone: the section <c>Orleans</c> says how silos find each other and where
/// state is kept, the section <c>Keops</c> what this one may use (<see cref="KeopsSiloOptions"/>).
/// </summary>
public sealed class SiloHost : IAsyncDisposable
{
    readonly IHost _host;

    SiloHost(IHost host) => _host = host;

    /// <summary>What the silo is made of.</summary>
    internal IServiceProvider Services => _host.Services;

    /// <summary>Name, cluster and addresses, in one line.</summary>
    public string Description
    {
        get
        {
            var silo = _host.Services.GetRequiredService<ILocalSiloDetails>();
            var clustering = _host.Services.GetRequiredService<IConfiguration>()["Orleans:Clustering:ProviderType"];
            var options = _host.Services.GetRequiredService<IOptions<KeopsSiloOptions>>().Value;
            return $"silo {silo.Name} of cluster {silo.ClusterId} ({clustering}) at {silo.SiloAddress.Endpoint}, "
                + $"gateway {silo.GatewayAddress?.Endpoint.ToString() ?? "none"}, {options.Threads} threads, "
                + $"lake {string.Join(", ", options.Lake)}";
        }
    }

    /// <summary>Builds a silo; nothing runs yet.</summary>
    /// <param name="configuration">Its settings, as <see cref="SiloConfiguration"/> reads them; owned by the silo from here on.</param>
    /// <exception cref="KeopsException">An option is wrong.</exception>
    public static SiloHost Create(ConfigurationManager configuration)
    {
        ProviderCheck.Require(configuration);
        var builder = new HostApplicationBuilder(
            new HostApplicationBuilderSettings { DisableDefaults = true, Configuration = configuration });
        SiloLogging.AddTo(builder.Logging, configuration);
        // Signals are the program's business, which hands them on as a token.
        builder.Services.AddSingleton<IHostLifetime, OwnedLifetime>();
        builder.Services.AddOptions<KeopsSiloOptions>().Bind(configuration.GetSection("Keops"));
        builder.Services.AddSingleton<IValidateOptions<KeopsSiloOptions>, UnknownKeys>();
        builder.Services.AddOptions<EndpointOptions>().ValidateOnStart();
        // The one section that Orleans does not bind itself.
        builder.Services.AddOptions<ClusterMembershipOptions>().Bind(configuration.GetSection("Orleans:Membership"));
        builder.Services.AddSingleton<IValidateOptions<EndpointOptions>, EndpointOptionsValidator>();
        builder.Services.AddOptions<HostOptions>()
            .Configure<IOptions<KeopsSiloOptions>>((host, keops) => host.ShutdownTimeout = keops.Value.ShutdownTimeout);
        // Started first and stopped last, so that probes are answered all the time.
        builder.Services.AddKeopsHealth();
        builder.Services.AddHostedService<DrainService>();
        builder.UseOrleans(silo => silo.AddKeops().AddKeopsTelemetry());
        try
        {
            return new SiloHost(builder.Build());
        }
        catch (Exception error) when (error is OptionsValidationException or InvalidOperationException)
        {
            throw Wrong(error);
        }
    }

    /// <summary>Joins the cluster.</summary>
    /// <exception cref="KeopsException">An option is wrong, or the silo can't join.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        try
        {
            PortCheck.Require(_host.Services.GetRequiredService<IOptions<EndpointOptions>>().Value);
            await _host.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (OptionsValidationException error)
        {
            throw Wrong(error);
        }
        catch (Exception error) when (error is not KeopsException && !cancellationToken.IsCancellationRequested)
        {
            throw new KeopsException($"The silo could not start: {error.Message}", error);
        }
    }

    /// <summary>Leaves the cluster in good order.</summary>
    public Task StopAsync() => _host.StopAsync(CancellationToken.None);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_host is IAsyncDisposable host) await host.DisposeAsync().ConfigureAwait(false);
        else _host.Dispose();
    }

    static KeopsException Wrong(Exception error) =>
        new(error is OptionsValidationException options ? string.Join(" ", options.Failures) : error.Message, error);
}
