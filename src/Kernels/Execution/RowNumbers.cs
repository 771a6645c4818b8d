using System.Numerics;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The number of each row, in several parts (<see cref="SelectedRows"/>): what lets a
/// formula tell which row a pair has. Nothing is stored.</summary>
/// <param name="rowCount">The number of rows.</param>
/// <param name="type">What the parts are stored in.</param>
public sealed class RowNumbers(long rowCount, ElementType type) : IRowSource
{
    /// <inheritdoc/>
    public long RowCount => rowCount;

    /// <inheritdoc/>
    public int Dim => SelectedRows.Digits(type);

    /// <inheritdoc/>
    public ElementType Type => type;

    /// <inheritdoc/>
    public ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (type)
        {
            case ElementType.Float64: Write<double>(firstRow, rows, destination); break;
            case ElementType.Float32: Write<float>(firstRow, rows, destination); break;
            default: Write<Half>(firstRow, rows, destination); break;
        }

        return ValueTask.CompletedTask;
    }

    void Write<T>(long firstRow, int rows, Memory<byte> destination)
        where T : struct, INumberBase<T>
    {
        var values = MemoryMarshal.Cast<byte, T>(destination.Span);
        for (var r = 0; r < rows; r++)
        {
            for (var digit = 0; digit < Dim; digit++)
                values[r * Dim + digit] = T.CreateChecked(SelectedRows.Digit(firstRow + r, digit, type));
        }
    }
}
