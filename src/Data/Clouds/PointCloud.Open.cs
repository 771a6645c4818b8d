using System.Collections.Immutable;

namespace Distributed.Keops.Data;

public sealed partial class PointCloud
{
    /// <summary>Footers in flight when a cloud of many files is opened: enough to hide the latency of a network file system.</summary>
    const int OpenAtOnce = 8;

    /// <summary>Opens a cloud: finds its files, reads their footers, and checks that the columns agree. Values are read later.</summary>
    /// <exception cref="DataException">There is no such file, column or type, the files disagree, or one can't be read.</exception>
    public static async Task<PointCloud> OpenAsync(CloudSpec spec, CloudOptions options, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(options);

        var paths = CloudPath.Find(spec.Path);
        var readers = new CloudReader[paths.Count];
        var pool = new ParquetReaderPool();
        try
        {
            await Parallel.ForAsync(0, paths.Count, new ParallelOptions { MaxDegreeOfParallelism = OpenAtOnce, CancellationToken = ct },
                async (file, token) =>
                readers[file] = await CloudReader.OpenAsync(paths[file], pool, token).ConfigureAwait(false)).ConfigureAwait(false);

            var columns = Projection.Resolve(spec, readers[0]);
            var matched = readers.Select(reader => Projection.Match(columns, paths[0], reader)).ToArray();
            var widths = await WidthsAsync(columns, readers, ct).ConfigureAwait(false);
            return new PointCloud(spec, options, [.. matched.Select(own => new Projection(own, widths))], [.. readers], pool);
        }
        catch
        {
            foreach (var reader in readers)
                if (reader is not null)
                    await reader.DisposeAsync().ConfigureAwait(false);
            await pool.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Opens a cloud by the text that names it.</summary>
    /// <exception cref="DataException">As the other overload.</exception>
    public static Task<PointCloud> OpenAsync(string spec, CloudOptions options, CancellationToken ct = default) =>
        OpenAsync(CloudSpec.Parse(spec), options, ct);

    static async Task<ImmutableArray<int>> WidthsAsync(ImmutableArray<CloudColumn> columns, CloudReader[] readers, CancellationToken ct)
    {
        var widths = ImmutableArray.CreateBuilder<int>(columns.Length);
        foreach (var column in columns)
            widths.Add(column.IsList ? await WidthAsync(column, readers, ct).ConfigureAwait(false) : 1);
        return widths.MoveToImmutable();
    }

    /// <summary>Lists carry no length in the schema: the first vector of the cloud gives it. A cloud without one counts as one value
    /// wide.</summary>
    static async Task<int> WidthAsync(CloudColumn column, CloudReader[] readers, CancellationToken ct)
    {
        foreach (var reader in readers)
            for (var group = 0; group < reader.GroupRows.Count; group++)
            {
                if (reader.GroupRows[group] == 0)
                    continue;
                var own = reader.Columns.First(other => other.Name == column.Name);
                try
                {
                    if (await reader.FindWidthAsync(group, own, ct).ConfigureAwait(false) is { } width)
                        return width > 0 ? width : throw new DataException(
                            "The first vector is empty; vectors of at least one value were expected.",
                            reader.Stamp.Path) { Column = column.Name, RowGroup = group };
                }
                catch (Exception fault) when (fault is not OperationCanceledException and not DataException { Column: not null })
                {
                    var known = DataException.FromIO("read the vectors", reader.Stamp.Path, fault);
                    throw new DataException(known.Problem, reader.Stamp.Path, fault) { Column = column.Name, RowGroup = group };
                }
            }
        return 1;
    }

    static ImmutableArray<CloudFile> Layout(ImmutableArray<CloudReader> readers, ImmutableArray<Projection> projections)
    {
        var files = ImmutableArray.CreateBuilder<CloudFile>(readers.Length);
        var row = 0L;
        foreach (var (reader, projection) in readers.Zip(projections))
        {
            var (first, groups) = (row, ImmutableArray.CreateBuilder<CloudRowGroup>(reader.GroupRows.Count));
            foreach (var rows in reader.GroupRows)
            {
                if (rows > int.MaxValue)
                    throw new DataException(
                        $"A row group of {rows} rows can't be decoded at once; write row groups of about a million rows.",
                        reader.Stamp.Path) { RowGroup = groups.Count };
                var (offset, length) = reader.ByteRange(groups.Count, projection.Columns);
                groups.Add(new CloudRowGroup(groups.Count, row, (int)rows, offset, length));
                row += rows;
            }
            files.Add(new CloudFile(reader.Stamp.Path, reader.Stamp.Length, reader.Stamp.LastWriteTime, first, row - first,
                groups.MoveToImmutable()));
        }
        return files.MoveToImmutable();
    }
}
