using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Reads Parquet columns in their own types, to be written again beside results.</summary>
internal static class ParquetKept
{
    /// <summary>A field of the same name, type and nullability for another file.</summary>
    /// <exception cref="DataException">The column is a list, part of a struct, or of a type without a plain value.</exception>
    public static DataField Field(DataField leaf, CloudColumn column, FileStamp file)
    {
        if (leaf.MaxRepetitionLevel > 0 || leaf.Path.Length > 1 || !(column.IsNumeric || IsText(leaf) || leaf.ClrType == typeof(DateTime)))
            throw new DataException($"A {column.TypeName} can't be kept; numbers, bool, text and dates at the top of the schema can.",
                file.Path) { Column = column.Name };
        return IsText(leaf) ? new DataField(leaf.Name, typeof(string), leaf.IsNullable) : (DataField)leaf.Clone();
    }

    public static async Task<KeptValues> ReadAsync(ParquetReader reader, int group, CloudColumn column, CancellationToken cancellationToken)
    {
        var leaf = reader.Schema.GetDataFields()[column.Index];
        using var chunk = reader.OpenRowGroupReader(group);
        var rows = checked((int)chunk.RowCount);
        if (IsText(leaf))
        {
            var texts = new string[rows];
            await chunk.ReadAsync(leaf, texts, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new KeptTexts(texts);
        }
        return leaf.ClrType switch
        {
            var type when type == typeof(float) => await ReadAsync<float>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(double) => await ReadAsync<double>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(sbyte) => await ReadAsync<sbyte>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(short) => await ReadAsync<short>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(int) => await ReadAsync<int>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(long) => await ReadAsync<long>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(byte) => await ReadAsync<byte>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(ushort) => await ReadAsync<ushort>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(uint) => await ReadAsync<uint>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(ulong) => await ReadAsync<ulong>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(bool) => await ReadAsync<bool>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            var type when type == typeof(decimal) => await ReadAsync<decimal>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
            _ => await ReadAsync<DateTime>(chunk, leaf, rows, cancellationToken).ConfigureAwait(false),
        };
    }

    static async Task<KeptValues> ReadAsync<T>(ParquetRowGroupReader chunk, DataField leaf, int rows, CancellationToken cancellationToken)
        where T : struct
    {
        var values = new T?[rows];
        if (leaf.IsNullable)
        {
            await chunk.ReadAsync<T>(leaf, values, cancellationToken: cancellationToken).ConfigureAwait(false);
            return new KeptNumbers<T>(values);
        }
        var present = new T[rows];
        await chunk.ReadAsync<T>(leaf, present, cancellationToken: cancellationToken).ConfigureAwait(false);
        for (var row = 0; row < rows; row++)
            values[row] = present[row];
        return new KeptNumbers<T>(values);
    }

    static bool IsText(DataField leaf) => leaf.ClrType == typeof(string) || leaf.ClrType == typeof(ReadOnlyMemory<char>);
}
