namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// A cloud as the kernels see it: <see cref="RowCount"/> rows of <see cref="Dim"/> values of one dtype, row-major, without
/// saying whether they lie in memory, in a file or on another machine.
/// </summary>
public interface IRowSource
{
    /// <summary>The number of rows (points).</summary>
    long RowCount { get; }

    /// <summary>The number of values of one row.</summary>
    int Dim { get; }

    /// <summary>The dtype of every value.</summary>
    ElementType Type { get; }

    /// <summary>
    /// Fills <paramref name="destination"/> with the rows <c>[firstRow, firstRow + rows)</c>, row-major,
    /// <c>rows · Dim · Type.Size()</c> bytes. Safe for several concurrent calls.
    /// </summary>
    ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken);

    /// <summary>
    /// Memory that holds these rows already, so that nothing needs copying, or empty when there is none. It stays valid as
    /// long as the source does; nothing may be written to it.
    /// </summary>
    ReadOnlyMemory<byte> TryGetRows(long firstRow, int rows) => default;
}
