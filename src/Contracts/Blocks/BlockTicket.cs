namespace Distributed.Keops.Contracts;

/// <summary>The name under which a worker holds a block of bytes. It is worth nothing once that process is gone.</summary>
/// <param name="Name">The name within the worker.</param>
/// <param name="Silo">The worker's silo.</param>
/// <param name="Incarnation">The process: a silo of the same name that came back is another.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">XxHash64 of the bytes.</param>
[GenerateSerializer, Immutable, Alias("keops.BlockTicket")]
public sealed record BlockTicket(
    [property: Id(0)] string Name, [property: Id(1)] string Silo, [property: Id(2)] Guid Incarnation, [property: Id(3)] long Length, [property: Id(4)] ulong Hash)
{
    /// <summary>The name of the process.</summary>
    public string Holder => Incarnation.ToString("n");

    /// <summary>The number of blocks of <see cref="NumericBlock.MaxBytes"/> that it takes to send.</summary>
    public int Chunks => (int)((Length + NumericBlock.MaxBytes - 1) / NumericBlock.MaxBytes);
}

/// <summary>A block in the lake, where it outlives the process that made it.</summary>
/// <param name="Segment">The file, within the folder where the job's results wait for their output.</param>
/// <param name="Offset">Where the block begins in it.</param>
[GenerateSerializer, Immutable, Alias("keops.StagedBlock")]
public sealed record StagedBlock([property: Id(0)] string Segment, [property: Id(1)] long Offset);

/// <summary>A block as it is handed on: by its ticket, and in full where it is small.</summary>
/// <param name="Ticket">Who holds it, or made it.</param>
/// <param name="Inline">All of it, or null.</param>
/// <param name="Staged">Its place in the lake; null when it is nowhere but with the ticket's process.</param>
[GenerateSerializer, Immutable, Alias("keops.BlockReference")]
public sealed record BlockReference(
    [property: Id(0)] BlockTicket Ticket, [property: Id(1)] NumericBlock? Inline, [property: Id(2)] StagedBlock? Staged = null)
{
    /// <summary>The most bytes that travel inside a receipt.</summary>
    public const int MaxInlineBytes = 64 << 10;

    /// <summary>What the block is lost with: a process or a file; null when it is all here.</summary>
    public string? Holder => Inline is not null ? null : Staged?.Segment ?? Ticket.Holder;
}
