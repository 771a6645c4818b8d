using Distributed.Keops.Contracts;
using Distributed.Keops.Grains.Scheduling;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Orleans.Configuration;
using Orleans.Hosting;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>What the grains of a silo work with.</summary>
/// <param name="Lake">Folders that clouds and outputs lie in; uploads go to the first.</param>
/// <param name="AnyPath">Whether clouds and outputs may lie elsewhere too.</param>
/// <param name="Threads">Compute threads.</param>
/// <param name="BlockBytes">Memory for states and results; what is more goes to the local disk.</param>
/// <param name="DataBytes">Memory for data: row groups, rows in work, states of tasks.</param>
/// <param name="TaskTime">How long a task should take the worker that gets it.</param>
/// <param name="UploadLifetime">How long arrays of clients that nobody uses stay in the lake.</param>
public sealed record GrainResources(
    IReadOnlyList<string> Lake, bool AnyPath, int Threads, long BlockBytes, long DataBytes, TimeSpan TaskTime, TimeSpan UploadLifetime);

/// <summary>Puts the grains into a silo.</summary>
public static class GrainHosting
{
    /// <summary>Adds the grains with what they work with; a storage provider named <c>keops</c> is the silo's own business.</summary>
    public static ISiloBuilder AddKeopsGrains(this ISiloBuilder silo, Func<IServiceProvider, GrainResources> resources)
    {
        silo.AddPlacementDirector<NamedSiloPlacement, NamedSiloDirector>();
        silo.Configure<SiloMessagingOptions>(o => o.CancelRequestOnTimeout = true);
        silo.Services.TryAddSingleton(TimeProvider.System);
        silo.Services.AddSingleton(resources);
        silo.Services.AddSingleton(s => new LakeFolders(resources(s).Lake, resources(s).AnyPath));
        silo.Services.AddSingleton(s => SchedulerOptions.For(resources(s).TaskTime));
        silo.Services.AddSingleton(s => new DataMemory(resources(s).DataBytes));
        silo.Services.AddSingleton(s => new UploadStore(
            s.GetRequiredService<LakeFolders>(), resources(s).UploadLifetime, s.GetRequiredService<TimeProvider>()));
        silo.Services.AddHostedService<UploadSweeper>();
        silo.Services.AddMetrics();
        silo.Services.AddSingleton<EngineMetrics>();
        silo.Services.AddSingleton<EngineActivities>();
        silo.Services.AddSingleton<WorkGate>();
        silo.Services.AddSingleton(s => ActivatorUtilities.CreateInstance<DeviceLane>(s, resources(s).Threads));
        silo.Services.AddSingleton<ILaneState>(s => s.GetRequiredService<DeviceLane>());
        silo.Services.AddSingleton(s => new BlockStore(resources(s).BlockBytes, s.GetRequiredService<ILocalSiloDetails>()));
        return silo;
    }
}
