namespace Distributed.Keops.Kernels.Execution;

/// <summary>Some rows of a source, one after the other. Safe for several concurrent calls where the source is.</summary>
/// <param name="source">The source.</param>
/// <param name="first">The first of its rows.</param>
/// <param name="count">How many.</param>
public sealed class RowSlice(IRowSource source, long first, long count) : IRowSource
{
    /// <inheritdoc/>
    public long RowCount => count;

    /// <inheritdoc/>
    public int Dim => source.Dim;

    /// <inheritdoc/>
    public ElementType Type => source.Type;

    /// <inheritdoc/>
    public ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        Check(firstRow, rows);
        return source.ReadAsync(first + firstRow, rows, destination, cancellationToken);
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> TryGetRows(long firstRow, int rows)
    {
        Check(firstRow, rows);
        return source.TryGetRows(first + firstRow, rows);
    }

    void Check(long firstRow, int rows)
    {
        if (firstRow < 0 || rows < 0 || firstRow > count - rows)
            throw new ArgumentOutOfRangeException(
                nameof(firstRow), $"Rows [{firstRow}, {firstRow + rows}) were asked of a slice of {count} rows.");
    }
}
