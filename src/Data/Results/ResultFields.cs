using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Result columns as Parquet: plain columns for one value, lists of required elements for more.</summary>
internal static class ResultFields
{
    public static Field For(ResultColumn column)
    {
        var type = column.Kind switch
        {
            ResultKind.Float16 or ResultKind.Float32 => typeof(float),
            ResultKind.Float64 => typeof(double),
            _ => typeof(long),
        };
        return column.Width == 1
            ? new DataField(column.Name, type, column.Nullable)
            : new ListField(column.Name, new DataField("element", type, isNullable: false));
    }

    /// <exception cref="ArgumentException">The memory does not fit the columns.</exception>
    public static void Check(ImmutableArray<ResultColumn> columns, int rows, IReadOnlyList<ReadOnlyMemory<byte>> values, RowMask? valid)
    {
        if (values.Count != columns.Length)
            throw new ArgumentException($"{values.Count} columns were given, the result has {columns.Length}.", nameof(values));
        for (var c = 0; c < columns.Length; c++)
            if (values[c].Length != (long)rows * columns[c].RowBytes)
                throw new ArgumentException($"Column '{columns[c].Name}' needs {(long)rows * columns[c].RowBytes} bytes for {rows} rows, "
                    + $"{values[c].Length} were given.", nameof(values));
        if (valid is not null && valid.RowCount != rows)
            throw new ArgumentException($"The mask covers {valid.RowCount} rows of {rows}.", nameof(valid));
        if (valid is not null && valid.ValidCount < rows && columns.FirstOrDefault(column => !column.Nullable) is { } strict)
            throw new ArgumentException($"Column '{strict.Name}' is not nullable, but rows are null.", nameof(valid));
    }

    /// <summary>One column's bytes out of rows that hold several side by side.</summary>
    public static byte[] Extract(ReadOnlySpan<byte> rowMajor, int rows, int rowBytes, int offset, int width)
    {
        var column = new byte[rows * width];
        if (width == sizeof(ushort))
            Extract(MemoryMarshal.Cast<byte, ushort>(rowMajor), MemoryMarshal.Cast<byte, ushort>(column.AsSpan()), rowBytes / width,
                offset / width);
        else if (width == sizeof(uint) && rowBytes % width == 0 && offset % width == 0)
            Extract(MemoryMarshal.Cast<byte, uint>(rowMajor), MemoryMarshal.Cast<byte, uint>(column.AsSpan()), rowBytes / width,
                offset / width);
        else if (width == sizeof(ulong) && rowBytes % width == 0 && offset % width == 0)
            Extract(MemoryMarshal.Cast<byte, ulong>(rowMajor), MemoryMarshal.Cast<byte, ulong>(column.AsSpan()), rowBytes / width,
                offset / width);
        else
            for (var row = 0; row < rows; row++)
                rowMajor.Slice(row * rowBytes + offset, width).CopyTo(column.AsSpan(row * width));
        return column;
    }

    static void Extract<T>(ReadOnlySpan<T> rows, Span<T> column, int stride, int offset)
    {
        for (int row = 0, at = offset; row < column.Length; row++, at += stride)
            column[row] = rows[at];
    }

    public static Task WriteAsync(ParquetRowGroupWriter group, Field field, ResultColumn column,
        ReadOnlyMemory<byte> bytes, ReadOnlyMemory<bool> valid, CancellationToken ct) =>
        column.Kind switch
        {
            ResultKind.Float16 => WriteAsync(group, field, column, Array.ConvertAll(Values<Half>(bytes), half => (float)half), valid, ct),
            ResultKind.Float32 => WriteAsync(group, field, column, Values<float>(bytes), valid, ct),
            ResultKind.Float64 => WriteAsync(group, field, column, Values<double>(bytes), valid, ct),
            _ => WriteAsync(group, field, column, Values<long>(bytes), valid, ct),
        };

    static T[] Values<T>(ReadOnlyMemory<byte> bytes) where T : unmanaged => MemoryMarshal.Cast<byte, T>(bytes.Span).ToArray();

    static Task WriteAsync<T>(ParquetRowGroupWriter group, Field field, ResultColumn column,
        T[] values, ReadOnlyMemory<bool> valid, CancellationToken ct) where T : unmanaged => column switch
        {
            { Width: > 1 } => WriteListsAsync(group, (DataField)((ListField)field).Item, column.Width, values, valid, ct),
            { Nullable: true } => group.WriteAsync<T>((DataField)field, Nullables(values, valid.Span), cancellationToken: ct),
            _ => group.WriteAsync<T>((DataField)field, values, cancellationToken: ct),
        };

    static T?[] Nullables<T>(T[] values, ReadOnlySpan<bool> valid) where T : unmanaged
    {
        var nullables = new T?[values.Length];
        for (var row = 0; row < values.Length; row++)
            nullables[row] = valid[row] ? values[row] : null;
        return nullables;
    }

    /// <summary>Every element has its levels; a null row is one entry without a value.</summary>
    static async Task WriteListsAsync<T>(ParquetRowGroupWriter group, DataField leaf, int width, T[] values, ReadOnlyMemory<bool> valid,
        CancellationToken ct) where T : unmanaged
    {
        var (definitions, repetitions) = (new List<int>(values.Length), new List<int>(values.Length));
        var used = 0;
        for (var row = 0; row < valid.Length; row++)
        {
            if (!valid.Span[row])
            {
                definitions.Add(0);
                repetitions.Add(0);
                continue;
            }
            values.AsSpan(row * width, width).CopyTo(values.AsSpan(used));
            used += width;
            for (var c = 0; c < width; c++)
            {
                definitions.Add(leaf.MaxDefinitionLevel);
                repetitions.Add(c == 0 ? 0 : 1);
            }
        }
        await group.WriteAllPartsAsync<T>(leaf, values.AsMemory(0, used), definitions.ToArray(), repetitions.ToArray(), ct)
            .ConfigureAwait(false);
    }
}
