using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The number of each row, in two parts (<see cref="SelectedRows"/>): what lets a
/// formula tell which row a pair has. Nothing is stored.</summary>
/// <param name="rowCount">The number of rows.</param>
/// <param name="type">float32 or float64.</param>
public sealed class RowNumbers(long rowCount, ElementType type) : IRowSource
{
    /// <inheritdoc/>
    public long RowCount => rowCount;

    /// <inheritdoc/>
    public int Dim => 2;

    /// <inheritdoc/>
    public ElementType Type => type;

    /// <inheritdoc/>
    public ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var r = 0; r < rows; r++)
        {
            var (high, low) = SelectedRows.Split(firstRow + r);
            if (type == ElementType.Float64) (Of<double>(destination)[2 * r], Of<double>(destination)[2 * r + 1]) = (high, low);
            else (Of<float>(destination)[2 * r], Of<float>(destination)[2 * r + 1]) = ((float)high, (float)low);
        }

        return ValueTask.CompletedTask;
    }

    static Span<T> Of<T>(Memory<byte> bytes)
        where T : struct => MemoryMarshal.Cast<byte, T>(bytes.Span);
}
