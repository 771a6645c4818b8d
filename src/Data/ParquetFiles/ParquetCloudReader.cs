using System.Collections.Immutable;
using Parquet.Meta;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>
/// A Parquet file of a cloud. A decode takes a reader of its own, fetches the byte ranges of its columns' chunks, one read each,
/// and decodes them from memory.
/// </summary>
internal sealed class ParquetCloudReader : CloudReader
{
    /// <summary>Bytes between two chunks that are read along rather than asking the store twice.</summary>
    const long ReadAlong = 256 << 10;

    readonly ParquetReaderPool _pool;
    readonly CloudColumn[] _columns;
    readonly DataField[] _leaves;
    readonly long[] _groupRows;

    /// <summary>[row group][column]: where the chunk lies.</summary>
    readonly (long Start, long Length)[][] _chunks;

    ParquetCloudReader(FileStamp stamp, ParquetReaderPool pool, ParquetSession session) : base(stamp)
    {
        var (reader, halves) = (session.Reader, session.Halves);
        _pool = pool;
        _leaves = reader.Schema.GetDataFields();
        _columns = [.. _leaves.Select((leaf, index) => ParquetColumns.Describe(leaf, index, halves.Contains(index)))];
        _groupRows = [.. reader.Metadata!.RowGroups.Select(group => group.NumRows)];
        _chunks = [.. reader.Metadata.RowGroups.Select(group => group.Columns.Select(Chunk).ToArray())];
    }

    public override IReadOnlyList<CloudColumn> Columns => _columns;

    public override IReadOnlyList<long> GroupRows => _groupRows;

    public static async ValueTask<CloudReader> OpenAsync(FileStamp stamp, ParquetReaderPool pool, CancellationToken cancellationToken)
    {
        var session = await pool.RentAsync(stamp, cancellationToken).ConfigureAwait(false);
        try
        {
            return new ParquetCloudReader(stamp, pool, session);
        }
        finally
        {
            await pool.ReturnAsync(stamp, session).ConfigureAwait(false);
        }
    }

    public override (long Offset, long Length) ByteRange(int group, ImmutableArray<CloudColumn> columns)
    {
        var start = columns.Min(column => _chunks[group][column.Index].Start);
        return (start, columns.Max(column => _chunks[group][column.Index].Start + _chunks[group][column.Index].Length) - start);
    }

    public override async ValueTask<int?> FindWidthAsync(int group, CloudColumn column, CancellationToken cancellationToken)
    {
        int? width = null;
        await UseAsync(group, [column], async session =>
            width = await ParquetColumns.FindWidthAsync(session.Reader, group, column, cancellationToken).ConfigureAwait(false),
                cancellationToken).ConfigureAwait(false);
        return width;
    }

    public override ValueTask DecodeAsync(int group, Projection projection, RowSink sink, CancellationToken cancellationToken) =>
        UseAsync(group, projection.Columns, async session =>
        {
            var component = 0;
            foreach (var (column, width) in projection.Columns.Zip(projection.Widths))
            {
                await ParquetColumns.DecodeAsync(session.Reader, group, column, component, width, sink, cancellationToken)
                    .ConfigureAwait(false);
                component += width;
            }
        }, cancellationToken);

    public override DataField KeptField(CloudColumn column) => ParquetKept.Field(_leaves[column.Index], column, Stamp);

    public override async ValueTask<KeptValues> ReadKeptAsync(int group, CloudColumn column, CancellationToken cancellationToken)
    {
        KeptValues? values = null;
        await UseAsync(group, [column], async session =>
            values = await ParquetKept.ReadAsync(session.Reader, group, column, cancellationToken).ConfigureAwait(false), cancellationToken)
                .ConfigureAwait(false);
        return values!;
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;

    async ValueTask UseAsync(int group, ImmutableArray<CloudColumn> columns, Func<ParquetSession, Task> use,
        CancellationToken cancellationToken)
    {
        var session = await _pool.RentAsync(Stamp, cancellationToken).ConfigureAwait(false);
        var healthy = false;
        try
        {
            await session.Stream.FetchAsync(Ranges(group, columns), cancellationToken).ConfigureAwait(false);
            await use(session).ConfigureAwait(false);
            healthy = true;
        }
        finally
        {
            // A reader that failed midway is not asked again.
            if (healthy)
                await _pool.ReturnAsync(Stamp, session).ConfigureAwait(false);
            else
                await session.DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>The chunks' ranges in file order, joined where little lies between them.</summary>
    IEnumerable<(long Start, long Length)> Ranges(int group, ImmutableArray<CloudColumn> columns)
    {
        (long Start, long Length)? open = null;
        foreach (var chunk in columns.Select(column => _chunks[group][column.Index]).Order())
        {
            if (open is { } last && chunk.Start <= last.Start + last.Length + ReadAlong)
            {
                open = (last.Start, Math.Max(last.Length, chunk.Start + chunk.Length - last.Start));
                continue;
            }
            if (open is not null)
                yield return open.Value;
            open = chunk;
        }
        if (open is not null)
            yield return open.Value;
    }

    static (long, long) Chunk(ColumnChunk chunk)
    {
        var meta = chunk.MetaData!;
        // Some writers put 0 for "no dictionary".
        var start = meta.DictionaryPageOffset is > 0 and var dictionary ? Math.Min(dictionary, meta.DataPageOffset) : meta.DataPageOffset;
        return (start, meta.TotalCompressedSize);
    }
}
