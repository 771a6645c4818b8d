using Microsoft.Extensions.Hosting;

namespace Distributed.Keops.Client.Cluster;

/// <summary>
/// A host that its owner starts and stops. It takes no signals for itself, as hosts of applications do: Ctrl-C stays the application's.
/// </summary>
sealed class OwnedLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
