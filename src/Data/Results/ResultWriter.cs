using System.Collections.Immutable;

namespace Distributed.Keops.Data;

/// <summary>
/// Writes a whole result table, appended in row order by one process: a file or a folder of parts. The result appears at
/// <see cref="CommitAsync"/>; disposed without it, nothing is left. One user at a time.
/// </summary>
/// <example>
/// <code>
/// await using var result = await ResultWriter.CreateAsync("out.parquet", ResultColumns.For("sum", 3, null), new(), ct);
/// await result.AppendRowsAsync(rows, bytes, null, ct);       // rows × 3 float32
/// await result.CommitAsync(ct);
/// </code>
/// </example>
public sealed class ResultWriter : IAsyncDisposable
{
    readonly ResultTarget _target;
    readonly ImmutableArray<ResultColumn> _columns;
    readonly ResultOptions _options;
    readonly List<ResultPart> _parts = [];
    ResultFile? _file;
    bool _committed;

    ResultWriter(ResultTarget target, ImmutableArray<ResultColumn> columns, ResultOptions options, ResultFile file) =>
        (_target, _columns, _options, _file) = (target, columns, options, file);

    /// <summary>The rows appended so far.</summary>
    public long Rows => _parts.Sum(part => part.Rows) + (_file?.Rows ?? 0);

    /// <summary>Starts a result.</summary>
    /// <param name="path"><c>X.parquet</c> for one file, <c>X/</c> for a folder of parts.</param>
    /// <param name="columns">The columns, at least one.</param>
    /// <param name="options">How to write.</param>
    /// <param name="cancellationToken">Stops the call.</param>
    /// <exception cref="DataException">The target can't be written or stands in the way.</exception>
    public static async Task<ResultWriter> CreateAsync(string path, IEnumerable<ResultColumn> columns, ResultOptions options,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        var list = columns.ToImmutableArray();
        var target = ResultTarget.Create(path, options.Job, options.Overwrite);
        try
        {
            return new ResultWriter(target, list, options, await ResultFile.CreateAsync(target.PartPath(0), 0, list, options,
                cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            target.Discard();
            throw;
        }
    }

    /// <summary>Appends rows column by column: for each column, rows × width values, row-major; they are copied.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="values">The bytes of each column.</param>
    /// <param name="valid">Rows whose nullable columns have a value, or null for all; covers exactly the rows.</param>
    /// <param name="cancellationToken">Stops the call; the result can't be committed then.</param>
    /// <exception cref="DataException">The result can't be written, for instance because the disk is full.</exception>
    public async Task AppendAsync(int rows, IReadOnlyList<ReadOnlyMemory<byte>> values, RowMask? valid, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_committed, this);
        ResultFields.Check(_columns, rows, values, valid);
        if (_target.IsFolder && _file?.Rows >= _options.PartRows)
            await ClosePartAsync(cancellationToken).ConfigureAwait(false);
        _file ??= await ResultFile.CreateAsync(_target.PartPath(_parts.Count), Rows, _columns, _options, cancellationToken)
            .ConfigureAwait(false);
        await _file.AppendAsync(rows, values, valid, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Appends whole rows: the values of all columns side by side, row after row. All columns must be of one kind.</summary>
    /// <exception cref="ArgumentException">The columns are of several kinds, or the bytes do not fit the rows.</exception>
    /// <exception cref="DataException">As <see cref="AppendAsync"/>.</exception>
    public Task AppendRowsAsync(int rows, ReadOnlyMemory<byte> rowMajor, RowMask? valid, CancellationToken cancellationToken) =>
        AppendGroupsAsync(rows, [(_columns.Length, rowMajor)], valid, cancellationToken);

    /// <summary>
    /// Appends rows of several results: each stands row-major over the next so many columns, which are of one kind, as
    /// <see cref="ResultColumns.For"/> names them.
    /// </summary>
    /// <exception cref="ArgumentException">The columns of a result are of several kinds, or the bytes do not fit the rows.</exception>
    /// <exception cref="DataException">As <see cref="AppendAsync"/>.</exception>
    public Task AppendGroupsAsync(
        int rows, IReadOnlyList<(int Columns, ReadOnlyMemory<byte> RowMajor)> groups, RowMask? valid, CancellationToken cancellationToken)
    {
        var split = new List<ReadOnlyMemory<byte>>();
        foreach (var (count, rowMajor) in groups)
        {
            var columns = _columns.AsSpan(split.Count, count);
            var rowBytes = 0;
            foreach (var column in columns)
            {
                if (column.Kind != columns[0].Kind)
                    throw new ArgumentException("Rows side by side need columns of one kind; append column by column.", nameof(groups));
                rowBytes += column.RowBytes;
            }

            if (rowMajor.Length != (long)rows * rowBytes)
                throw new ArgumentException(
                    $"{rows} rows need {(long)rows * rowBytes} bytes, {rowMajor.Length} were given.", nameof(groups));
            var offset = 0;
            foreach (var column in columns)
            {
                split.Add(count == 1 ? rowMajor : ResultFields.Extract(rowMajor.Span, rows, rowBytes, offset, column.RowBytes));
                offset += column.RowBytes;
            }
        }

        return AppendAsync(rows, split, valid, cancellationToken);
    }

    /// <summary>Finishes the files and makes the result appear under its name.</summary>
    /// <exception cref="DataException">The result can't be written or put in place; nothing stands under its name then.</exception>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_committed, this);
        await ClosePartAsync(cancellationToken).ConfigureAwait(false);
        _target.Commit(_parts, _options.Metadata, _options.Report?.Invoke(_parts));
        _committed = true;
    }

    /// <summary>Deletes what was written unless it was committed.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
            await _file.DisposeAsync().ConfigureAwait(false);
        if (!_committed)
            _target.Discard();
    }

    async Task ClosePartAsync(CancellationToken cancellationToken)
    {
        if (_file is null)
            return;
        _parts.Add(await _file.CloseAsync(cancellationToken).ConfigureAwait(false));
        _file = null;
    }
}
