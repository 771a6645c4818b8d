using System.Buffers;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Rows of float16 as float32, which kernels compute in: widened run by run as they are read, so that the cloud itself is never copied.
/// Every value is exact. As safe for concurrent calls as the source.
/// </summary>
/// <param name="source">The rows; they stay their owner's.</param>
public sealed class WidenedRows(IRowSource source) : IRowSource
{
    // Values that are read at once where the source has none in memory: 32 KiB of float16.
    const int ValuesAtOnce = 1 << 14;

    /// <inheritdoc/>
    public long RowCount => source.RowCount;

    /// <inheritdoc/>
    public int Dim => source.Dim;

    /// <inheritdoc/>
    public ElementType Type => ElementType.Float32;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var rest = destination[..checked(rows * Dim * sizeof(float))];
        if (source.TryGetRows(firstRow, rows) is { IsEmpty: false } inPlace)
        {
            Widen(inPlace.Span, rest.Span);
            return;
        }

        var atOnce = Math.Max(1, ValuesAtOnce / Dim);
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Min(atOnce, rows) * Dim * ElementType.Float16.Size());
        try
        {
            for (var done = 0; done < rows; done += atOnce)
            {
                var count = Math.Min(atOnce, rows - done);
                var halfs = buffer.AsMemory(0, count * Dim * ElementType.Float16.Size());
                await source.ReadAsync(firstRow + done, count, halfs, cancellationToken).ConfigureAwait(false);
                Widen(halfs.Span, rest.Span);
                rest = rest[(count * Dim * sizeof(float))..];
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    static void Widen(ReadOnlySpan<byte> halfs, Span<byte> singles) =>
        HalfValues.Widen(MemoryMarshal.Cast<byte, Half>(halfs), MemoryMarshal.Cast<byte, float>(singles));
}
