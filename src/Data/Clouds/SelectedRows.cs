using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data;

/// <summary>Some rows of a source, in ascending order: what is left of a cloud when rows with nulls are left out.</summary>
/// <param name="source">All rows.</param>
/// <param name="kept">The numbers of the rows that stay, ascending.</param>
public sealed class SelectedRows(IRowSource source, ReadOnlyMemory<long> kept) : IRowSource
{
    /// <inheritdoc/>
    public long RowCount => kept.Length;

    /// <inheritdoc/>
    public int Dim => source.Dim;

    /// <inheritdoc/>
    public ElementType Type => source.Type;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var rowBytes = Dim * Type.Size();
        for (var done = 0; done < rows;)
        {
            // Runs without a gap are read in one go.
            var first = kept.Span[(int)firstRow + done];
            var run = 1;
            while (done + run < rows && kept.Span[(int)firstRow + done + run] == first + run) run++;
            await source.ReadAsync(first, run, destination.Slice(done * rowBytes, run * rowBytes), cancellationToken).ConfigureAwait(false);
            done += run;
        }
    }
}
