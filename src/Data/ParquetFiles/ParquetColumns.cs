using System.Buffers;
using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Decodes one column chunk into the rows of a cloud.</summary>
internal static partial class ParquetColumns
{
    /// <summary>A leaf of the schema in the words of a cloud; <see cref="CloudColumn.Index"/> is its place among the leaves.</summary>
    public static CloudColumn Describe(DataField leaf, int index, bool isHalf)
    {
        var path = leaf.Path.ToList();
        var type = CloudColumn.NumberName(leaf.ClrType);
        var typeName = isHalf ? "float16" : type
            ?? (leaf.ClrType == typeof(ReadOnlyMemory<char>) || leaf.ClrType == typeof(string) ? "string"
            : leaf.ClrType == typeof(ReadOnlyMemory<byte>) || leaf.ClrType == typeof(byte[]) ? "binary"
            : leaf.ClrType == typeof(DateTime) ? "timestamp" : leaf.ClrType.Name.ToLowerInvariant());

        if (leaf.MaxRepetitionLevel == 0)
            return new CloudColumn(string.Join('.', path), typeName, type is null ? null : leaf.ClrType, IsList: false, index);

        // A list's path is name.list.element, or the name alone in the oldest files; deeper ones are lists of lists, maps and structs.
        var isVector = leaf.MaxRepetitionLevel == 1 && path.Count is 1 or 3 && type is not null && leaf.ClrType != typeof(decimal);
        var name = isVector || path.Count == 3 ? path[0] : string.Join('.', path);
        var listName = leaf.MaxRepetitionLevel == 1 ? $"list<{typeName}>" : $"nested list of {typeName}";
        return new CloudColumn(name, listName, isVector ? leaf.ClrType : null, IsList: true, index);
    }

    /// <summary>Decodes a chunk and stores its values from <paramref name="component"/> on, <paramref name="width"/> to a row.</summary>
    public static Task DecodeAsync(
        ParquetReader reader, int group, CloudColumn column, int component, int width, RowSink sink, CancellationToken cancellationToken)
    {
        var place = new Place(reader, group, column, component, width, sink, cancellationToken);
        return column.ClrType switch
        {
            var type when type == typeof(float) => DecodeAsync<float>(place),
            var type when type == typeof(double) => DecodeAsync<double>(place),
            var type when type == typeof(int) => DecodeAsync<int>(place),
            var type when type == typeof(long) => DecodeAsync<long>(place),
            var type when type == typeof(short) => DecodeAsync<short>(place),
            var type when type == typeof(sbyte) => DecodeAsync<sbyte>(place),
            var type when type == typeof(byte) => DecodeAsync<byte>(place),
            var type when type == typeof(ushort) => DecodeAsync<ushort>(place),
            var type when type == typeof(uint) => DecodeAsync<uint>(place),
            var type when type == typeof(ulong) => DecodeAsync<ulong>(place),
            var type when type == typeof(bool) => DecodeAsync<bool>(place),
            var type when type == typeof(decimal) => DecodeAsync<decimal>(place),
            _ => throw sink.Error($"A {column.TypeName} can't be a component of a point.", column),
        };
    }

    static async Task DecodeAsync<T>(Place place) where T : unmanaged
    {
        var (reader, group, column, _, _, sink, cancellationToken) = place;
        var leaf = reader.Schema.GetDataFields()[column.Index];
        using var chunk = reader.OpenRowGroupReader(group);
        var count = checked((int)chunk.GetMetadata(leaf)!.MetaData!.NumValues);

        var values = ArrayPool<T>.Shared.Rent(count);
        var definitions = leaf.MaxDefinitionLevel > 0 ? ArrayPool<int>.Shared.Rent(count) : null;
        var repetitions = leaf.MaxRepetitionLevel > 0 ? ArrayPool<int>.Shared.Rent(count) : null;
        try
        {
            // "Absent" and "empty" are different answers to a nullable Memory.
            await chunk.ReadRawAsync<T>(leaf, values.AsMemory(0, count), definitions is null ? default(Memory<int>?)
                : definitions.AsMemory(0, count),
                repetitions is null ? default(Memory<int>?) : repetitions.AsMemory(0, count), cancellationToken).ConfigureAwait(false);

            var levels = definitions.AsSpan(0, definitions is null ? 0 : count);
            if (repetitions is null)
                StoreScalars<T>(place, values.AsSpan(0, count), levels, leaf.MaxDefinitionLevel);
            else
                StoreVectors<T>(place, values.AsSpan(0, count), levels, repetitions.AsSpan(0, count), new ListLevels(leaf));
        }
        catch (Exception fault) when (fault is not (DataException or OperationCanceledException or IOException or OutOfMemoryException))
        {
            throw Explain(fault, sink, column);
        }
        finally
        {
            ArrayPool<T>.Shared.Return(values);
            if (definitions is not null) ArrayPool<int>.Shared.Return(definitions);
            if (repetitions is not null) ArrayPool<int>.Shared.Return(repetitions);
        }
    }

    /// <summary>Nulls have a level below the highest and no value: what follows is shifted.</summary>
    static void StoreScalars<T>(Place place, ReadOnlySpan<T> values, ReadOnlySpan<int> levels, int present) where T : unmanaged
    {
        var (_, _, column, component, _, sink, _) = place;
        if (values.Length != sink.Rows)
            throw sink.Error($"The column holds {values.Length} values for {sink.Rows} rows: the file is damaged. Write it again.", column);

        if (levels.IsEmpty || !levels.ContainsAnyExcept(present))
        {
            sink.Fill(values, 0, component);
            return;
        }
        for (int row = 0, used = 0; row < levels.Length;)
        {
            var run = levels[row..].IndexOfAnyExcept(present);
            run = run < 0 ? levels.Length - row : run;
            sink.Fill(values.Slice(used, run), row, component);
            (row, used) = (row + run, used + run);
            if (row < levels.Length)
                sink.Null(column, row++, component);
        }
    }

    static DataException Explain(Exception fault, RowSink sink, CloudColumn column) => fault is NotImplementedException && column.IsList
        ? sink.Error("A list column in data pages of version 2 can't be read; write the file with data pages of version 1, or the vector "
            + "as one column per component.", column, cause: fault)
        : fault is NotSupportedException or NotImplementedException
            ? sink.Error($"The column's encoding can't be read ({fault.Message.TrimEnd('.')}); write it plain or dictionary-encoded.",
                column, cause: fault)
            : sink.Error($"The column can't be decoded ({fault.Message.TrimEnd('.')}): the file is damaged or compressed in a way that is "
                + "not supported. Write it again.", column, cause: fault);

    sealed record Place(ParquetReader Reader, int Group, CloudColumn Column, int Component, int Width, RowSink Sink,
        CancellationToken CancellationToken);
}
