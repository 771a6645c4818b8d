using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>Rows that are not in memory: every read is a copy that comes later, from another thread.</summary>
sealed class StreamedRows(IRowSource rows) : IRowSource
{
    public long RowCount => rows.RowCount;

    public int Dim => rows.Dim;

    public ElementType Type => rows.Type;

    public async ValueTask ReadAsync(long firstRow, int rowCount, Memory<byte> destination, CancellationToken cancellationToken)
    {
        await Task.Yield();
        await rows.ReadAsync(firstRow, rowCount, destination, cancellationToken);
    }
}
