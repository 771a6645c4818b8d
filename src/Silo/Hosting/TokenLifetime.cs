using Microsoft.Extensions.Hosting;

namespace Distributed.Keops.Silo;

/// <summary>A host that its owner starts and stops; it takes no signals for itself.</summary>
sealed class TokenLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
