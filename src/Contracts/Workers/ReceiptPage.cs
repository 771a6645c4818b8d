using System.Collections.Immutable;

namespace Distributed.Keops.Contracts;

/// <summary>A run of receipts, as many as a message holds.</summary>
/// <param name="Receipts">The receipts.</param>
/// <param name="Total">The number of all.</param>
[GenerateSerializer, Immutable, Alias("keops.ReceiptPage")]
public sealed record ReceiptPage([property: Id(0)] ImmutableArray<TaskReceipt> Receipts, [property: Id(1)] int Total)
{
    // Half of what a message may carry, and what a receipt takes besides its block.
    const int PageBytes = 512 << 10;
    const int ReceiptBytes = 256;

    /// <summary>The page of a list that begins with receipt number <paramref name="first"/>.</summary>
    public static ReceiptPage Of(IReadOnlyList<TaskReceipt> all, int first)
    {
        var page = ImmutableArray.CreateBuilder<TaskReceipt>();
        for (long bytes = 0; first + page.Count < all.Count && bytes < PageBytes;)
        {
            var next = all[first + page.Count];
            page.Add(next);
            bytes += ReceiptBytes + (next.Block.Inline?.Bytes.Length ?? 0);
        }

        return new ReceiptPage(page.ToImmutable(), all.Count);
    }
}
