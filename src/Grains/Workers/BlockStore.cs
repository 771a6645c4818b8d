using System.Collections.Concurrent;
using System.IO.Hashing;
using Distributed.Keops.Contracts;
using Orleans.Runtime;

namespace Distributed.Keops.Grains;

/// <summary>
/// The blocks that this silo holds for jobs: states and results, named <c>job/slot</c>, until their job is released. Beyond a number of bytes they
/// go to files of the local disk. Safe for several threads.
/// </summary>
sealed class BlockStore(long memoryBytes, ILocalSiloDetails silo) : IDisposable
{
    readonly ConcurrentDictionary<string, Entry> _blocks = new(StringComparer.Ordinal);
    readonly string _spill = Path.Combine(Path.GetTempPath(), $"keops-blocks-{Guid.NewGuid():n}");
    long _inMemory;

    /// <summary>The process that the tickets are worth something in.</summary>
    public Guid Incarnation { get; } = Guid.NewGuid();

    /// <summary>The bytes held in memory.</summary>
    public long InMemory => Interlocked.Read(ref _inMemory);

    /// <summary>The ticket of a block that this process has made and keeps elsewhere; length and hash are to be filled in.</summary>
    public BlockTicket TicketFor(string job, string name) => new($"{job}/{name}", silo.Name, Incarnation, 0, 0);

    /// <summary>Keeps a block; the array must not change any more. A block of the same name is replaced.</summary>
    public BlockReference Put(string job, string name, byte[] bytes)
    {
        var ticket = TicketFor(job, name) with { Length = bytes.Length, Hash = XxHash64.HashToUInt64(bytes) };
        var full = ticket.Name;
        Drop(full);
        if (Interlocked.Add(ref _inMemory, bytes.Length) <= memoryBytes)
        {
            _blocks[full] = new Entry(bytes, null, bytes.Length);
        }
        else
        {
            Interlocked.Add(ref _inMemory, -bytes.Length);
            _blocks[full] = new Entry(null, Spill(bytes), bytes.Length);
        }

        return new BlockReference(ticket, bytes.Length <= BlockReference.MaxInlineBytes ? NumericBlock.Of(bytes) : null);
    }

    /// <summary>All of a block that this process holds.</summary>
    /// <exception cref="KeopsFaultException">It does not hold it.</exception>
    public ReadOnlyMemory<byte> Get(BlockTicket ticket)
    {
        var entry = Find(ticket);
        return entry.Bytes ?? File.ReadAllBytes(entry.File!);
    }

    /// <summary>A piece of a block.</summary>
    /// <exception cref="KeopsFaultException">This process does not hold it.</exception>
    public NumericBlock Read(BlockTicket ticket, int chunk)
    {
        var entry = Find(ticket);
        var offset = (long)chunk * NumericBlock.MaxBytes;
        if (chunk < 0 || offset > entry.Length) throw new ArgumentOutOfRangeException(nameof(chunk), chunk, $"The block has {ticket.Chunks} chunks.");
        var count = (int)Math.Min(NumericBlock.MaxBytes, entry.Length - offset);
        if (entry.Bytes is { } bytes) return NumericBlock.Of(bytes.AsMemory((int)offset, count));
        var piece = GC.AllocateUninitializedArray<byte>(count);
        using var file = File.OpenHandle(entry.File!);
        RandomAccess.Read(file, piece, offset);
        return NumericBlock.Of(piece);
    }

    /// <summary>Forgets all blocks of a job.</summary>
    public void Release(string job)
    {
        foreach (var name in _blocks.Keys)
        {
            if (name.StartsWith(job + "/", StringComparison.Ordinal)) Drop(name);
        }
    }

    public void Dispose()
    {
        if (Directory.Exists(_spill)) Directory.Delete(_spill, recursive: true);
    }

    Entry Find(BlockTicket ticket) => ticket.Incarnation == Incarnation && _blocks.TryGetValue(ticket.Name, out var entry)
        ? entry
        : throw KeopsFaultException.Lost(new BlockReference(ticket, null), "the process that answers under its name does not hold it.");

    string Spill(byte[] bytes)
    {
        Directory.CreateDirectory(_spill);
        var path = Path.Combine(_spill, Guid.NewGuid().ToString("n"));
        File.WriteAllBytes(path, bytes);
        return path;
    }

    void Drop(string name)
    {
        if (!_blocks.TryRemove(name, out var entry)) return;
        if (entry.Bytes is not null) Interlocked.Add(ref _inMemory, -entry.Length);
        else File.Delete(entry.File!);
    }

    sealed record Entry(byte[]? Bytes, string? File, long Length);
}
