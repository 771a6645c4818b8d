using System.Collections.Immutable;
using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>Writes one Parquet file of results, appended in row order. One user at a time.</summary>
public sealed class ResultFile : IAsyncDisposable
{
    const long LargestGroup = 256L << 20;

    readonly string _path;
    readonly long _firstRow;
    readonly ImmutableArray<ResultColumn> _columns;
    readonly ImmutableArray<Field> _fields;
    readonly ImmutableArray<DataField> _kept;
    readonly ResultOptions _options;
    readonly FileStream _stream;
    readonly ParquetWriter _writer;
    readonly byte[][] _pending;
    readonly bool[] _valid;
    int _rows;
    long _written;
    bool _closed;

    ResultFile(string path, long firstRow,
        ImmutableArray<ResultColumn> columns, ImmutableArray<Field> fields, ImmutableArray<DataField> kept, ResultOptions options,
        FileStream stream, ParquetWriter writer)
    {
        (_path, _firstRow, _columns, _fields, _kept, _options, _stream, _writer) =
            (path, firstRow, columns, fields, kept, options, stream, writer);
        var groupRows = (int)Math.Clamp(LargestGroup / Math.Max(1, columns.Sum(column => (long)column.RowBytes)), 1,
            Math.Max(1, options.RowGroupRows));
        _pending = [.. columns.Select(column => new byte[(long)groupRows * column.RowBytes])];
        _valid = new bool[groupRows];
    }

    /// <summary>The rows appended so far.</summary>
    public long Rows => _written + _rows;

    /// <summary>Opens a file for writing.</summary>
    /// <param name="path">The file, in a staging folder; it is replaced.</param>
    /// <param name="firstRow">The output row the file starts with; kept columns are read from there.</param>
    /// <param name="columns">The columns, at least one.</param>
    /// <param name="options">Compression, row groups, metadata and kept columns.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DataException">The file can't be created, or two columns have one name.</exception>
    public static async Task<ResultFile> CreateAsync(
        string path, long firstRow, IEnumerable<ResultColumn> columns, ResultOptions options, CancellationToken cancellationToken)
    {
        var list = columns.ToImmutableArray();
        if (list.IsEmpty)
            throw new ArgumentException("A result needs at least one column.", nameof(columns));
        var fields = list.Select(ResultFields.For).ToImmutableArray();
        var kept = options.Keep?.CreateFields() ?? [];
        var all = fields.AddRange(kept);
        if (all.GroupBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new DataException("Two columns of the result have this name; rename or leave out the kept column.", path)
                { Column = twice.Key };

        FileStream? stream = null;
        try
        {
            stream = new FileStream(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read, 1 << 20, FileOptions.Asynchronous);
            // Parquet.Net's own default is the smallest size, a hundred times slower for 2 % less.
            var format = new ParquetOptions { CompressionMethod = options.Compress ? CompressionMethod.Snappy : CompressionMethod.None,
                CompressionLevel = CompressionLevel.Fastest };
            var writer = await ParquetWriter.CreateAsync(new ParquetSchema(all), stream, format, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            // In an order of its own the same result would have other bytes in another process.
            writer.CustomMetadata = new SortedDictionary<string, string>(options.Metadata, StringComparer.Ordinal);
            return new ResultFile(path, firstRow, list, fields, kept, options, stream, writer);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            if (stream is not null)
                await stream.DisposeAsync().ConfigureAwait(false);
            throw DataException.FromIO("write the file", path, fault);
        }
    }

    /// <summary>Appends rows: for each column, rows × width values, row-major; they are copied.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="values">The bytes of each column.</param>
    /// <param name="valid">Rows whose nullable columns have a value, or null for all; covers exactly the rows.</param>
    /// <param name="cancellationToken">Stops the call; the file is then incomplete.</param>
    /// <exception cref="DataException">The file can't be written, for instance because the disk is full.</exception>
    public async Task AppendAsync(int rows, IReadOnlyList<ReadOnlyMemory<byte>> values, RowMask? valid, CancellationToken cancellationToken)
    {
        ResultFields.Check(_columns, rows, values, valid);
        for (var done = 0; done < rows;)
        {
            var take = Math.Min(rows - done, _valid.Length - _rows);
            for (var c = 0; c < _columns.Length; c++)
                values[c].Slice(done * _columns[c].RowBytes, take * _columns[c].RowBytes)
                    .CopyTo(_pending[c].AsMemory(_rows * _columns[c].RowBytes));
            for (var row = 0; row < take; row++)
                _valid[_rows + row] = valid is null || valid[done + row];
            (_rows, done) = (_rows + take, done + take);
            if (_rows == _valid.Length)
                await FlushAsync(cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Writes what is left and the footer, and forces it to the disk.</summary>
    /// <exception cref="DataException">The file can't be written.</exception>
    public async Task<ResultPart> CloseAsync(CancellationToken cancellationToken)
    {
        if (_rows > 0)
            await FlushAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            await _writer.DisposeAsync().ConfigureAwait(false);
            _stream.Flush(flushToDisk: true);
            var part = new ResultPart(Path.GetFileName(_path), _firstRow, _written, _stream.Length);
            await _stream.DisposeAsync().ConfigureAwait(false);
            _closed = true;
            return part;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("write the file", _path, fault);
        }
    }

    /// <summary>Closes the file as it is; without <see cref="CloseAsync"/> it is incomplete.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_closed)
            return;
        _closed = true;
        try
        {
            // The writer is left alone: disposing it would add a footer to a file that is no result.
            await _stream.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // What could not be flushed, to a full disk for instance, is not needed any more.
        }
    }

    async Task FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var group = _writer.CreateRowGroup();
            for (var c = 0; c < _columns.Length; c++)
                await ResultFields.WriteAsync(group, _fields[c], _columns[c], _pending[c].AsMemory(0, _rows * _columns[c].RowBytes),
                    _valid.AsMemory(0, _rows), cancellationToken).ConfigureAwait(false);
            if (_options.Keep is { } keep)
                await keep.WriteAsync(group, _kept, _firstRow + _written, _rows, cancellationToken).ConfigureAwait(false);
            group.CompleteValidate();
            (_written, _rows) = (_written + _rows, 0);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("write the file", _path, fault);
        }
    }
}
