using System.Collections.Immutable;
using Apache.Arrow;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data;

/// <summary>
/// Arrow arrays in memory as rows: one array (numbers, bool, or vectors), or columns of a record batch side by side. The arrays
/// stay the caller's and must live as long as the rows. Nulls are errors. Safe for several concurrent calls.
/// </summary>
public sealed class ArrowRows : IRowSource
{
    readonly ImmutableArray<(IArrowArray Array, CloudColumn Column, int Width)> _columns;

    ArrowRows(ImmutableArray<(IArrowArray, CloudColumn, int Width)> columns, long rows, ElementType type) =>
        (_columns, RowCount, Dim, Type) = (columns, rows, columns.Sum(column => column.Width), type);

    /// <inheritdoc />
    public long RowCount { get; }

    /// <inheritdoc />
    public int Dim { get; }

    /// <inheritdoc />
    public ElementType Type { get; }

    /// <summary>The rows of one array: numbers give one component, lists of equal length as many as they hold.</summary>
    /// <exception cref="DataException">The array holds no numbers.</exception>
    public static ArrowRows Of(IArrowArray array, ElementType type = ElementType.Float32)
    {
        ArgumentNullException.ThrowIfNull(array);
        return Of([(new Field("values", array.Data.DataType, nullable: true), array)], array.Length, type);
    }

    /// <summary>Columns of a batch side by side, in the order named; without names all numeric columns.</summary>
    /// <exception cref="DataException">A column is not there or holds no numbers.</exception>
    public static ArrowRows Of(RecordBatch batch, ElementType type = ElementType.Float32, params IReadOnlyList<string> columns)
    {
        ArgumentNullException.ThrowIfNull(batch);
        var fields = batch.Schema.FieldsList;
        var numbers = fields.Select(ArrowColumns.Describe).Where(column => column is { IsNumeric: true, IsList: false });
        var chosen = columns.Count > 0 ? columns : [.. numbers.Select(column => column.Name)];
        return Of([.. chosen.Select(name =>
        {
            var index = fields.Select(field => field.Name).ToList().IndexOf(name);
            return index >= 0 ? (fields[index], batch.Column(index)) : throw new DataException(
                $"There is no such column in the record batch; its columns are {string.Join(", ", fields.Select(field => field.Name))}.")
                    { Column = name };
        })], batch.Length, type);
    }

    /// <inheritdoc />
    /// <exception cref="DataException">A value is null, or a vector has another length than the first.</exception>
    public unsafe ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        CheckRange(firstRow, rows);
        if (destination.Length < (long)rows * Dim * Type.Size())
            throw new ArgumentException(
                $"{rows} rows need {(long)rows * Dim * Type.Size()} bytes, the destination has {destination.Length}.", nameof(destination));

        using var pin = destination.Pin();
        var sink = new RowSink(
            (byte*)pin.Pointer, rows, Dim, Type, NullPolicy.Error, null, new CloudRowGroup(0, firstRow, rows, 0, 0), firstRow);
        var component = 0;
        foreach (var (array, column, width) in _columns)
        {
            ArrowColumns.Store(ArrowArrayFactory.Slice(array, (int)firstRow, rows), column, component, width, sink);
            component += width;
        }
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc />
    public ReadOnlyMemory<byte> TryGetRows(long firstRow, int rows)
    {
        CheckRange(firstRow, rows);
        return _columns.Length == 1 ? ArrowColumns.TryGetRows(_columns[0].Array, (int)firstRow, rows, Dim, Type) : default;
    }

    static ArrowRows Of(ImmutableArray<(Field Field, IArrowArray Array)> columns, long rows, ElementType type)
    {
        if (columns.IsEmpty)
            throw new DataException("The record batch has no numeric column.");
        return new ArrowRows([.. columns.Select((source, index) =>
        {
            var column = ArrowColumns.Describe(source.Field, index);
            return !column.IsNumeric
                ? throw new DataException(
                    $"A {column.TypeName} can't be a component of a point; numbers, bool, or a list of numbers were expected.")
                    { Column = column.Name }
                : (source.Array, column, column.IsList ? ArrowColumns.FindWidth(source.Array) ?? 1 : 1);
        })], rows, type);
    }

    void CheckRange(long firstRow, int rows)
    {
        if (firstRow < 0 || rows < 0 || firstRow > RowCount - rows)
            throw new ArgumentOutOfRangeException(nameof(firstRow),
                $"Rows [{firstRow}, {firstRow + rows}) were asked of {RowCount} Arrow rows.");
    }
}
