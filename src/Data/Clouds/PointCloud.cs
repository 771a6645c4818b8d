using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Data;

/// <summary>
/// The points of one or many Parquet or Arrow IPC files as rows of one dtype. Reading rows decodes only the row groups they touch;
/// the last ones stay decoded, so that reading slice by slice decodes each once. Safe for several concurrent calls.
/// </summary>
/// <remarks>
/// <code>
/// rows of the cloud  | 0 ………………………………………… | ………………………… RowCount )
/// files              | part-0.parquet        | part-1.parquet  |      in ordinal order
/// row groups         | 0      | 1      | 2   | 0      | 1      |      the unit of decoding
/// </code>
/// </remarks>
public sealed partial class PointCloud : IRowSource, IAsyncDisposable
{
    readonly CloudOptions _options;

    /// <summary>The columns of a row by file: each file may hold them at other places.</summary>
    readonly ImmutableArray<Projection> _projections;

    readonly ImmutableArray<CloudReader> _readers;
    readonly ParquetReaderPool _pool;
    readonly RowGroupCache _cache;

    /// <summary>All row groups with rows, in row order, with the number of their file.</summary>
    readonly ImmutableArray<(int File, CloudRowGroup Group)> _groups;

    PointCloud(CloudSpec spec, CloudOptions options, ImmutableArray<Projection> projections, ImmutableArray<CloudReader> readers,
        ParquetReaderPool pool)
    {
        (Spec, _options, _projections, _readers, _pool) = (spec, options, projections, readers, pool);
        _cache = new RowGroupCache(options.CacheBytes);
        Dim = projections[0].Dim;
        Files = Layout(readers, projections);
        RowCount = Files.Sum(file => file.RowCount);
        _groups = [.. Files.SelectMany((file, number) => file.RowGroups.Where(group => group.RowCount > 0).Select(group =>
            (number, group)))];
    }

    /// <summary>What the cloud was opened by.</summary>
    public CloudSpec Spec { get; }

    /// <summary>The names of the columns that make up a row, in order.</summary>
    public ImmutableArray<string> Columns => [.. _projections[0].Columns.Select(column => column.Name)];

    /// <summary>The files in row order, with their row groups, from footers alone.</summary>
    public ImmutableArray<CloudFile> Files { get; }

    /// <inheritdoc />
    public long RowCount { get; }

    /// <inheritdoc />
    public int Dim { get; }

    /// <inheritdoc />
    public ElementType Type => _options.Type;

    /// <inheritdoc />
    /// <exception cref="DataException">The data are damaged, ragged or null, or a file changed since the cloud was opened.</exception>
    /// <exception cref="ArgumentException">The rows do not lie within the cloud or the destination is too small.</exception>
    public async ValueTask ReadAsync(long firstRow, int rows, Memory<byte> destination, CancellationToken cancellationToken)
    {
        CheckRange(firstRow, rows);
        var rowBytes = Dim * Type.Size();
        if (destination.Length < (long)rows * rowBytes)
            throw new ArgumentException($"{rows} rows need {(long)rows * rowBytes} bytes, the destination has {destination.Length}.",
                nameof(destination));

        foreach (var (index, skip, count, done) in Pieces(firstRow, rows))
        {
            using var lease = await DecodedAsync(index, cancellationToken).ConfigureAwait(false);
            lease.Rows.Buffer.Slice((long)skip * rowBytes, count * rowBytes).CopyTo(destination.Span[(done * rowBytes)..]);
        }
    }

    /// <summary>
    /// Which of the rows have no null, or null when all have none, which is always so under <see cref="NullPolicy.Error"/>.
    /// </summary>
    /// <exception cref="DataException">As <see cref="ReadAsync"/>.</exception>
    public async ValueTask<RowMask?> ReadValidityAsync(long firstRow, int rows, CancellationToken cancellationToken)
    {
        CheckRange(firstRow, rows);
        if (_options.Nulls == NullPolicy.Error)
            return null;

        ulong[]? bits = null;
        foreach (var (index, skip, count, done) in Pieces(firstRow, rows))
        {
            using var lease = await DecodedAsync(index, cancellationToken).ConfigureAwait(false);
            if (lease.Rows.Valid is not { } valid)
                continue;
            bits ??= RowMask.All(rows);
            for (var row = 0; row < count; row++)
                if ((valid[(skip + row) >> 6] >> (skip + row) & 1) == 0)
                    bits[(done + row) >> 6] &= ~(1UL << (done + row));
        }
        var mask = bits is null ? null : new RowMask(firstRow, rows, bits);
        return mask?.ValidCount == rows ? null : mask;
    }

    /// <inheritdoc />
    /// <remarks>Only a mapped Arrow file whose one column is the row itself can answer.</remarks>
    public ReadOnlyMemory<byte> TryGetRows(long firstRow, int rows)
    {
        CheckRange(firstRow, rows);
        if (rows == 0)
            return default;
        var (index, skip, count, _) = Pieces(firstRow, rows).First();
        var (file, group) = _groups[index];
        return count == rows ? _readers[file].TryGetRows(group.Index, skip, rows, _projections[file], Type) : default;
    }

    /// <summary>
    /// Looks at the files once more: what was decoded before a change stays readable, so that a reader who must not mix old rows with new
    /// ones asks when it has read the last of them.
    /// </summary>
    /// <exception cref="DataException">A file changed or was removed since the cloud was opened, or another one came.</exception>
    public void RequireUnchanged()
    {
        foreach (var reader in _readers) reader.Stamp.RequireUnchanged();
        var found = CloudPath.Find(Spec.Path);
        if (!found.SequenceEqual(Files.Select(file => file.Path)))
            throw new DataException(
                $"Files came or went while the cloud was open ({Files.Length} then, {found.Count} now); open the cloud again and write new "
                + "data under new names.", Spec.Path);
    }

    /// <summary>Closes the files and frees the decoded rows; memory from <see cref="TryGetRows"/> is gone with them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync().ConfigureAwait(false);
        foreach (var reader in _readers)
            await reader.DisposeAsync().ConfigureAwait(false);
        await _pool.DisposeAsync().ConfigureAwait(false);
    }

    /// <summary>The spec and the number of rows, for messages.</summary>
    public override string ToString() => $"{Spec} ({RowCount} rows × {Dim} {Type.Name()})";

    ValueTask<RowGroupCache.Lease> DecodedAsync(int index, CancellationToken cancellationToken) =>
        _cache.GetAsync(index, token => DecodeAsync(index, token), cancellationToken);

    async Task<DecodedRows> DecodeAsync(int index, CancellationToken cancellationToken)
    {
        var (file, group) = _groups[index];
        var reader = _readers[file];
        var buffer = _cache.Buffers.Rent((long)group.RowCount * Dim * Type.Size());
        try
        {
            reader.Stamp.RequireUnchanged();
            var sink = Sink(buffer, file, group);
            await reader.DecodeAsync(group.Index, _projections[file], sink, cancellationToken).ConfigureAwait(false);
            return new DecodedRows(buffer, sink.Valid);
        }
        catch (Exception fault)
        {
            _cache.Buffers.Return(buffer);
            if (fault is IOException or UnauthorizedAccessException)
                throw DataException.FromIO("read the file", reader.Stamp.Path, fault);
            throw;
        }
    }

    unsafe RowSink Sink(NativeBuffer buffer, int file, CloudRowGroup group) =>
        new(buffer.Pointer, group.RowCount, Dim, Type, _options.Nulls, Files[file].Path, group, group.FirstRow - Files[file].FirstRow);

    /// <summary>Cuts rows at the borders of row groups: which group, rows skipped in it, rows taken from it, rows taken before.</summary>
    IEnumerable<(int Index, int Skip, int Count, int Done)> Pieces(long firstRow, int rows)
    {
        for (int done = 0, index = Find(firstRow); done < rows; index++)
        {
            var group = _groups[index].Group;
            var skip = (int)(firstRow + done - group.FirstRow);
            var count = Math.Min(rows - done, group.RowCount - skip);
            yield return (index, skip, count, done);
            done += count;
        }
    }

    /// <summary>The last group that starts at or before the row.</summary>
    int Find(long row)
    {
        var (low, high) = (0, _groups.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            (low, high) = _groups[middle].Group.FirstRow <= row ? (middle, high) : (low, middle - 1);
        }
        return low;
    }

    void CheckRange(long firstRow, int rows)
    {
        if (firstRow < 0 || rows < 0 || firstRow > RowCount - rows)
            throw new ArgumentOutOfRangeException(nameof(firstRow), $"Rows [{firstRow}, {firstRow + rows}) were asked of {this}.");
    }
}
