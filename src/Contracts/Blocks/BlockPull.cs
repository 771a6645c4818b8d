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
            throw KeopsFaultException.Lost(block, fault.Message);
        }

        return Check(block, bytes);
    }

    /// <summary>The bytes themselves, if they are those that the block's ticket says.</summary>
    /// <exception cref="KeopsFaultException">They are others: what made them is run again.</exception>
    public static ReadOnlyMemory<byte> Check(BlockReference block, byte[] bytes)
    {
        var (hash, expected) = (XxHash64.HashToUInt64(bytes), block.Ticket.Hash);
        return hash == expected
            ? bytes
            : throw KeopsFaultException.Lost(block, $"its bytes are damaged, {hash:x16} instead of {expected:x16}.");
    }

    static async Task FetchChunkAsync(IWorkerGrain worker, BlockTicket ticket, int chunk, byte[] destination)
    {
        var block = await worker.Read(ticket, chunk).ConfigureAwait(false);
        block.Bytes.CopyTo(destination.AsMemory(chunk * NumericBlock.MaxBytes));
    }
}
