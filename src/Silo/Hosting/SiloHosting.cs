using Distributed.Keops.Grains;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Orleans.Hosting;

namespace Distributed.Keops.Silo;

/// <summary>Makes a silo one that carries out reductions.</summary>
public static class SiloHosting
{
    /// <summary>
    /// Adds workers, jobs and datasets. Clustering and a grain storage provider named <c>keops</c> come from the host's own configuration.
    /// </summary>
    /// <param name="silo">The silo.</param>
    /// <param name="configure">Sets the options; they may also come from the configuration.</param>
    public static ISiloBuilder AddKeops(this ISiloBuilder silo, Action<KeopsSiloOptions>? configure = null)
    {
        var options = silo.Services.AddOptions<KeopsSiloOptions>().ValidateOnStart();
        if (configure is not null) options.Configure(configure);
        silo.Services.AddSingleton<IValidateOptions<KeopsSiloOptions>, KeopsSiloOptionsValidator>();
        return silo.AddKeopsGrains(services =>
        {
            var set = services.GetRequiredService<IOptions<KeopsSiloOptions>>().Value;
            return new GrainResources(
                [.. set.Lake], set.AnyPath, set.Threads, set.BlockStoreBytes, set.MemoryLimit, set.TaskTime, set.UploadLifetime);
        });
    }
}
