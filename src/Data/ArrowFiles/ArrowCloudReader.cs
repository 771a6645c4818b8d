using System.Collections.Immutable;
using Apache.Arrow;
using Apache.Arrow.Ipc;
using Distributed.Keops.Kernels;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>
/// An Arrow IPC file, in the file or the stream format, mapped into memory: opening it walks the batches' headers, and values
/// are first touched when they are read. A record batch is a row group.
/// </summary>
internal sealed class ArrowCloudReader : CloudReader
{
    /// <summary>The file format is the stream format between a head of 8 bytes and a footer.</summary>
    const int FileHeadBytes = 8;

    readonly MappedFile _map;
    readonly RecordBatch[] _batches;
    readonly CloudColumn[] _columns;
    readonly bool[] _nullable;

    ArrowCloudReader(FileStamp stamp, MappedFile map, Apache.Arrow.Schema schema, RecordBatch[] batches) : base(stamp)
    {
        (_map, _batches) = (map, batches);
        _columns = [.. schema.FieldsList.Select(ArrowColumns.Describe)];
        _nullable = [.. schema.FieldsList.Select(field => field.IsNullable)];
    }

    public override IReadOnlyList<CloudColumn> Columns => _columns;

    public override IReadOnlyList<long> GroupRows => [.. _batches.Select(batch => (long)batch.Length)];

    public static CloudReader Open(FileStamp stamp)
    {
        var map = new MappedFile(stamp);
        try
        {
            ReadOnlyMemory<byte> bytes = map.Memory;
            if (bytes.Span.StartsWith("ARROW1"u8))
            {
                if (!bytes.Span.EndsWith("ARROW1"u8))
                    throw new DataException($"The Arrow file has no end mark at its {stamp.Length} bytes: it is truncated or still being "
                        + "written. Copy or write it again.", stamp.Path);
                bytes = bytes[FileHeadBytes..];
            }

            using var reader = new ArrowStreamReader(bytes);
            var batches = new List<RecordBatch>();
            while (reader.ReadNextRecordBatch() is { } batch)
                batches.Add(batch);
            return new ArrowCloudReader(stamp, map, reader.Schema, [.. batches]);
        }
        catch (Exception fault)
        {
            ((IDisposable)map).Dispose();
            if (fault is DataException or OutOfMemoryException)
                throw;
            // The reader says so when a body is compressed and it was given no codec.
            throw fault.ToString().Contains("ompress", StringComparison.Ordinal)
                ? new DataException("The Arrow file's buffers are compressed, which is not supported; write it uncompressed (feather: "
                    + "compression=\"uncompressed\"), or as Parquet.", stamp.Path, fault)
                : new DataException(
                    $"The Arrow file can't be read ({fault.Message.TrimEnd('.')}): it is truncated or damaged. Copy or write it again.",
                    stamp.Path, fault);
        }
    }

    public override unsafe (long Offset, long Length) ByteRange(int group, ImmutableArray<CloudColumn> columns)
    {
        long start = long.MaxValue, end = 0;
        fixed (byte* map = _map.GetSpan())
            foreach (var column in columns)
                Widen(_batches[group].Column(column.Index).Data, map, ref start, ref end);
        return end == 0 ? (0, 0) : (start, end - start);
    }

    public override ValueTask<int?> FindWidthAsync(int group, CloudColumn column, CancellationToken cancellationToken) =>
        new(ArrowColumns.FindWidth(_batches[group].Column(column.Index)));

    public override ValueTask DecodeAsync(int group, Projection projection, RowSink sink, CancellationToken cancellationToken)
    {
        var component = 0;
        foreach (var (column, width) in projection.Columns.Zip(projection.Widths))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                ArrowColumns.Store(_batches[group].Column(column.Index), column, component, width, sink);
            }
            catch (Exception fault) when (fault is ArgumentException or IndexOutOfRangeException or OverflowException)
            {
                // Lengths inside the file are not checked when it is opened.
                throw sink.Error("The column's buffers are shorter than its rows: the file is damaged. Write it again.", column,
                    cause: fault);
            }
            component += width;
        }
        return ValueTask.CompletedTask;
    }

    public override ReadOnlyMemory<byte> TryGetRows(int group, int firstRow, int rows, Projection projection, ElementType type) =>
        projection.Columns.Length != 1 ? default
            : ArrowColumns.TryGetRows(_batches[group].Column(projection.Columns[0].Index), firstRow, rows, projection.Widths[0],
                type);

    public override DataField KeptField(CloudColumn column) => ArrowKept.Field(column, _nullable[column.Index], Stamp);

    public override ValueTask<KeptValues> ReadKeptAsync(int group, CloudColumn column, CancellationToken cancellationToken) =>
        new(ArrowKept.Read(_batches[group].Column(column.Index)));

    public override ValueTask DisposeAsync()
    {
        ((IDisposable)_map).Dispose();
        return ValueTask.CompletedTask;
    }

    static unsafe void Widen(ArrayData data, byte* map, ref long start, ref long end)
    {
        foreach (var buffer in data.Buffers)
            fixed (byte* first = buffer.Span)
                if (first is not null)
                    (start, end) = (Math.Min(start, first - map), Math.Max(end, first - map + buffer.Length));
        foreach (var child in data.Children ?? [])
            Widen(child, map, ref start, ref end);
    }
}
