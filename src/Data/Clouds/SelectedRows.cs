using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data;

/// <summary>Some rows of a source, in ascending order: what is left of a cloud when rows with nulls are left out.</summary>
/// <param name="source">All rows.</param>
/// <param name="rows">The numbers of the rows that stay, ascending.</param>
public sealed class SelectedRows(IRowSource source, ReadOnlyMemory<long> rows) : IRowSource
{
    /// <inheritdoc/>
    public long RowCount => rows.Length;

    /// <inheritdoc/>
    public int Dim => source.Dim;

    /// <inheritdoc/>
    public ElementType Type => source.Type;

    /// <inheritdoc/>
    public async ValueTask ReadAsync(long firstRow, int count, Memory<byte> destination, CancellationToken cancellationToken)
    {
        var rowBytes = Dim * Type.Size();
        for (var done = 0; done < count;)
        {
            // Runs without a gap are read in one go.
            var first = rows.Span[(int)firstRow + done];
            var run = 1;
            while (done + run < count && rows.Span[(int)firstRow + done + run] == first + run) run++;
            await source.ReadAsync(first, run, destination.Slice(done * rowBytes, run * rowBytes), cancellationToken).ConfigureAwait(false);
            done += run;
        }
    }
}
