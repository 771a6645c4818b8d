using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>
/// Vector columns. Every element carries two levels: the repetition level is 0 where a row begins; the definition level says
/// whether there is an element (highest), a null in its place, an empty list, or no list at all.
/// </summary>
internal static partial class ParquetColumns
{
    /// <summary>The length of the first vector in a chunk, or null if every row is null.</summary>
    public static async Task<int?> FindWidthAsync(ParquetReader reader, int group, CloudColumn column, CancellationToken cancellationToken)
    {
        var leaf = reader.Schema.GetDataFields()[column.Index];
        using var chunk = reader.OpenRowGroupReader(group);
        try
        {
            using var raw = await chunk.ReadRawColumnDataBaseAsync(leaf, cancellationToken).ConfigureAwait(false);
            return FirstWidth(raw.DefinitionLevels, raw.RepetitionLevels, new ListLevels(leaf));
        }
        catch (NotImplementedException fault)
        {
            throw new DataException(
                "A list column in data pages of version 2 can't be read; write the file with data pages of version 1, or the vector as "
                + "one column per component.", null, fault);
        }
    }

    static int? FirstWidth(ReadOnlySpan<int> definitions, ReadOnlySpan<int> repetitions, ListLevels levels)
    {
        for (var at = 0; at < repetitions.Length;)
        {
            var length = LengthOfRow(repetitions, at);
            if (definitions[at] >= levels.Empty)
                return definitions[at] == levels.Empty ? 0 : length;
            at += length;
        }
        return null;
    }

    static void StoreVectors<T>(Place place, ReadOnlySpan<T> values, ReadOnlySpan<int> definitions, ReadOnlySpan<int> repetitions,
        ListLevels levels) where T : unmanaged
    {
        var (_, _, column, component, width, sink, _) = place;
        if (IsRegular(definitions, repetitions, levels, width, sink.Rows))
        {
            sink.Fill(values, 0, component, width);
            return;
        }

        int row = 0, used = 0;
        for (var at = 0; at < repetitions.Length; row++)
        {
            if (row == sink.Rows)
                throw sink.Error($"The column holds more than the {sink.Rows} rows of its row group: the file is damaged.", column);
            var length = LengthOfRow(repetitions, at);
            if (definitions[at] < levels.Empty)
            {
                sink.Null(column, row, component, width);
                at += length;
                continue;
            }
            var found = definitions[at] == levels.Empty ? 0 : length;
            if (found != width)
                throw sink.Error($"The vector has {found} values, {width} were expected as in the rows before; all vectors of a column "
                    + "must be equally long.", column, row);

            for (var c = 0; c < width; c++)
                if (definitions[at + c] == levels.Element)
                    sink.Fill(values.Slice(used++, 1), row, component + c);
                else
                    sink.Null(column, row, component + c);
            at += length;
        }
        if (row != sink.Rows)
            throw sink.Error($"The column holds {row} of the {sink.Rows} rows of its row group: the file is damaged.", column);
    }

    /// <summary>The usual case, seen without walking rows: as many elements as there should be, none null, and rows beginning where they
    /// should.</summary>
    static bool IsRegular(ReadOnlySpan<int> definitions, ReadOnlySpan<int> repetitions, ListLevels levels, int width, int rows)
    {
        if (repetitions.Length != (long)rows * width || definitions.ContainsAnyExcept(levels.Element) || repetitions.Count(0) != rows)
            return false;
        for (var at = 0; at < repetitions.Length; at += width)
            if (repetitions[at] != 0)
                return false;
        return true;
    }

    static int LengthOfRow(ReadOnlySpan<int> repetitions, int at)
    {
        var next = repetitions[(at + 1)..].IndexOf(0);
        return next < 0 ? repetitions.Length - at : next + 1;
    }

    /// <summary>The definition levels of an element and of an empty list; a null list lies below the latter.</summary>
    readonly struct ListLevels(DataField leaf)
    {
        public int Element => leaf.MaxDefinitionLevel;

        public int Empty => leaf.MaxDefinitionLevel - (leaf.IsNullable ? 2 : 1);
    }
}
