using System.Collections.Immutable;
using Parquet;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>
/// Columns of an input cloud that are carried along with the results in their own types: numbers, bool, text and dates. Row r
/// of the cloud goes to output row r. One user at a time.
/// </summary>
public sealed class KeptColumns : IAsyncDisposable
{
    readonly ImmutableArray<CloudReader> _readers;
    readonly ImmutableArray<ImmutableArray<CloudColumn>> _columns;
    readonly ParquetReaderPool _pool;

    /// <summary>The row group read last, whole: output row groups seldom end where input row groups do.</summary>
    (int Reader, int Group, KeptValues[] Values) _last = (-1, -1, []);

    KeptColumns(ImmutableArray<CloudReader> readers, ImmutableArray<ImmutableArray<CloudColumn>> columns, ParquetReaderPool pool)
    {
        (_readers, _columns, _pool) = (readers, columns, pool);
        RowCount = readers.Sum(reader => reader.GroupRows.Sum());
    }

    /// <summary>The number of rows of the input.</summary>
    public long RowCount { get; }

    /// <summary>The kept columns' names.</summary>
    public ImmutableArray<string> Names => [.. _columns[0].Select(column => column.Name)];

    /// <summary>Opens the columns that <paramref name="spec"/> names.</summary>
    /// <exception cref="DataException">There is no such file or column, or a column is of a type that can't be carried along.</exception>
    public static async Task<KeptColumns> OpenAsync(CloudSpec spec, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(spec);
        var pool = new ParquetReaderPool();
        var readers = new List<CloudReader>();
        try
        {
            foreach (var path in CloudPath.Find(spec.Path))
                readers.Add(await CloudReader.OpenAsync(path, pool, ct).ConfigureAwait(false));
            var first = Projection.Named(spec.Columns, readers[0]);
            return new KeptColumns(
                [.. readers], [.. readers.Select(reader => Projection.Match(first, readers[0].Stamp.Path, reader))], pool);
        }
        catch
        {
            foreach (var reader in readers)
                await reader.DisposeAsync().ConfigureAwait(false);
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Closes the input.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var reader in _readers)
            await reader.DisposeAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>Fields for the schema of one output file: Parquet.Net binds each to its schema.</summary>
    internal ImmutableArray<DataField> CreateFields() => [.. _columns[0].Select(_readers[0].KeptField)];

    /// <summary>Writes the rows' kept columns behind the result's own in a row group.</summary>
    internal async Task WriteAsync(ParquetRowGroupWriter group, IReadOnlyList<DataField> fields, long firstRow, int rows,
        CancellationToken cancellationToken)
    {
        if (firstRow + rows > RowCount)
            throw new DataException($"The result has {firstRow + rows} rows or more, the cloud of the kept columns {RowCount}; keep "
                + "columns of the output axis' own cloud.", _readers[0].Stamp.Path);

        var values = new KeptValues?[fields.Count];
        var groupStart = 0L;
        for (var reader = 0; reader < _readers.Length; reader++)
            for (var g = 0; g < _readers[reader].GroupRows.Count; groupStart += _readers[reader].GroupRows[g++])
            {
                var from = Math.Max(firstRow, groupStart);
                var count = (int)(Math.Min(firstRow + rows, groupStart + _readers[reader].GroupRows[g]) - from);
                if (count <= 0)
                    continue;
                var source = await ReadAsync(reader, g, cancellationToken).ConfigureAwait(false);
                for (var c = 0; c < values.Length; c++)
                    (values[c] ??= source[c].Allocate(rows)).CopyFrom(source[c], (int)(from - groupStart), (int)(from - firstRow), count);
            }
        for (var c = 0; c < values.Length; c++)
            await values[c]!.WriteAsync(group, fields[c], cancellationToken).ConfigureAwait(false);
    }

    async ValueTask<KeptValues[]> ReadAsync(int reader, int group, CancellationToken cancellationToken)
    {
        if (_last.Reader == reader && _last.Group == group)
            return _last.Values;
        _readers[reader].Stamp.RequireUnchanged();
        var values = new KeptValues[_columns[reader].Length];
        for (var c = 0; c < values.Length; c++)
            values[c] = await _readers[reader].ReadKeptAsync(group, _columns[reader][c], cancellationToken).ConfigureAwait(false);
        _last = (reader, group, values);
        return values;
    }
}
