using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Orleans.Concurrency;
using Orleans.Placement;

namespace Distributed.Keops.Grains;

/// <summary>Takes uploads in on this silo.</summary>
[NamedSiloPlacement, AnyGateway, Immovable]
sealed class UploadGrain(UploadStore store) : Grain, IUploadGrain
{
    public Task<bool> Contains(string name) => Guarded(() => Task.FromResult(store.Contains(name)));

    public Task Write(string name, string session, long offset, NumericBlock block) => Guarded(async () =>
    {
        await store.WriteAsync(name, session, offset, block.Bytes);
        return true;
    });

    public Task Commit(string name, string session, long length) => Guarded(async () =>
    {
        await store.CommitAsync(name, session, length);
        return true;
    });

    // Files are the pool's business: a grain's turn must not wait for a disk.
    static Task<T> Guarded<T>(Func<Task<T>> work) => Task.Run(async () =>
    {
        try
        {
            return await work();
        }
        catch (Exception error) when (error is KeopsException or IOException or UnauthorizedAccessException)
        {
            throw KeopsFaultException.From(error);
        }
    });
}
