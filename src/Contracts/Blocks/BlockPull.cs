using System.IO.Hashing;

namespace Distributed.Keops.Contracts;

/// <summary>Fetches blocks from the workers that hold them.</summary>
public static class BlockPull
{
    // Two chunks on the way keep a connection busy; more would only keep other messages waiting.
    const int InFlight = 2;

    /// <summary>Fetches a block.</summary>
    /// <exception cref="KeopsFaultException">The block is gone with the process that held it (<see cref="FaultKind.LostBlock"/>), or it
    /// arrived damaged.</exception>
    public static async Task<ReadOnlyMemory<byte>> FetchAsync(
        IGrainFactory grains, BlockReference block, CancellationToken cancellationToken)
    {
        if (block.Inline is { } inline) return inline.Bytes;
        var ticket = block.Ticket;
        var worker = grains.GetGrain<IWorkerGrain>(ticket.Silo);
        var bytes = GC.AllocateUninitializedArray<byte>(checked((int)ticket.Length));
        var pending = new Queue<Task>();
        try
        {
            for (var chunk = 0; chunk < ticket.Chunks; chunk++)
            {
                if (pending.Count == InFlight) await pending.Dequeue().WaitAsync(cancellationToken).ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                pending.Enqueue(FetchChunkAsync(worker, ticket, chunk, bytes));
            }

            while (pending.TryDequeue(out var last)) await last.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception fault) when (Transient.Is(fault))
        {
            throw KeopsFaultException.Lost(ticket, fault.Message);
        }

        var hash = XxHash64.HashToUInt64(bytes);
        return hash == ticket.Hash ? bytes : throw new KeopsFaultException(
            FaultKind.Internal, $"The block {ticket.Name} from {ticket.Silo} arrived damaged: {hash:x16} instead of {ticket.Hash:x16}.");
    }

    static async Task FetchChunkAsync(IWorkerGrain worker, BlockTicket ticket, int chunk, byte[] destination)
    {
        var block = await worker.Read(ticket, chunk).ConfigureAwait(false);
        block.Bytes.CopyTo(destination.AsMemory(chunk * NumericBlock.MaxBytes));
    }
}
