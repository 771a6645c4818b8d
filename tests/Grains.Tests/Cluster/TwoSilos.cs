using Distributed.Keops.Client;
using Distributed.Keops.Silo;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Orleans.Runtime;
using Orleans.Storage;
using Orleans.TestingHost;

namespace Distributed.Keops.Grains.Tests.Cluster;

/// <summary>A cluster of two silos, or more, in this process, with one compute thread each and a lake in common.</summary>
sealed class TwoSilos : IAsyncDisposable
{
    TwoSilos(InProcessTestCluster cluster, TempFolder lake, SharedStorage storage) => (Cluster, Lake, Storage) = (cluster, lake, storage);

    public InProcessTestCluster Cluster { get; }

    public TempFolder Lake { get; }

    public SharedStorage Storage { get; }

    public ClusterEngine Engine => KeopsEngine.CreateOver(Cluster.Client);

    public static async Task<TwoSilos> StartAsync(long blockBytes = 1L << 30, TimeSpan? taskTime = null, short silos = 2)
    {
        var lake = new TempFolder();
        var storage = new SharedStorage();
        var builder = new InProcessTestClusterBuilder(silos);
        builder.ConfigureSilo((_, silo) =>
        {
            silo.Services.AddKeyedSingleton<IGrainStorage>("keops", storage);
            silo.UseInMemoryReminderService();
            silo.AddKeops(o =>
            {
                o.Lake.Add(lake.Path);
                (o.Threads, o.BlockStoreBytes) = (1, blockBytes);
                o.TaskTime = taskTime ?? o.TaskTime;
            });
        });
        // The client waits for a silo that was killed until its calls time out.
        builder.ConfigureClient(client => client.Configure<ClientMessagingOptions>(o => o.ResponseTimeout = TimeSpan.FromSeconds(5)));
        var cluster = builder.Build();
        await cluster.DeployAsync();
        return new TwoSilos(cluster, lake, storage);
    }

    /// <summary>Kills the silo on which a job is coordinated.</summary>
    public async Task KillCoordinatorAsync(KeopsJob job)
    {
        var address = await Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(job.Grain);
        await Cluster.KillSiloAsync(Cluster.Silos.Single(s => s.SiloAddress.Equals(address)));
    }

    public async ValueTask DisposeAsync()
    {
        await Cluster.StopAllSilosAsync();
        await Cluster.DisposeAsync();
        Lake.Dispose();
    }
}
