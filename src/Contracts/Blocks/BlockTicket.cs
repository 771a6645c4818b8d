namespace Distributed.Keops.Contracts;

/// <summary>The name under which a worker holds a block of bytes. It is worth nothing once that process is gone.</summary>
/// <param name="Name">The name within the worker.</param>
/// <param name="Silo">The worker's silo.</param>
/// <param name="Incarnation">The process: a silo of the same name that came back is another.</param>
/// <param name="Length">Bytes.</param>
/// <param name="Hash">XxHash64 of the bytes.</param>
[GenerateSerializer, Immutable, Alias("keops.BlockTicket")]
public sealed record BlockTicket(
    [property: Id(0)] string Name, [property: Id(1)] string Silo, [property: Id(2)] Guid Incarnation,
    [property: Id(3)] long Length, [property: Id(4)] ulong Hash)
{
    /// <summary>The number of blocks of <see cref="NumericBlock.MaxBytes"/> that it takes to send.</summary>
    public int Chunks => (int)((Length + NumericBlock.MaxBytes - 1) / NumericBlock.MaxBytes);
}

/// <summary>A block as it is handed on: by its ticket, and in full where it is small.</summary>
/// <param name="Ticket">Who holds it.</param>
/// <param name="Inline">All of it, or null.</param>
[GenerateSerializer, Immutable, Alias("keops.BlockReference")]
public sealed record BlockReference([property: Id(0)] BlockTicket Ticket, [property: Id(1)] NumericBlock? Inline)
{
    /// <summary>The most bytes that travel inside a receipt.</summary>
    public const int MaxInlineBytes = 64 << 10;
}
