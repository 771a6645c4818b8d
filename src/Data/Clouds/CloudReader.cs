using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Parquet.Schema;

namespace Distributed.Keops.Data;

/// <summary>One file of a cloud, whatever its format. Safe for concurrent use.</summary>
internal abstract class CloudReader(FileStamp stamp) : IAsyncDisposable
{
    public FileStamp Stamp => stamp;

    /// <summary>Every column of the file, in file order.</summary>
    public abstract IReadOnlyList<CloudColumn> Columns { get; }

    /// <summary>The rows of each row group.</summary>
    public abstract IReadOnlyList<long> GroupRows { get; }

    /// <summary>The part of the file that holds these columns of a row group.</summary>
    public abstract (long Offset, long Length) ByteRange(int group, ImmutableArray<CloudColumn> columns);

    /// <summary>The length of a list column's vectors in a row group, from its first row that is not null; null if there is none.</summary>
    public abstract ValueTask<int?> FindWidthAsync(int group, CloudColumn column, CancellationToken cancellationToken);

    /// <summary>Decodes the columns of a row group into the sink.</summary>
    public abstract ValueTask DecodeAsync(int group, Projection projection, RowSink sink, CancellationToken cancellationToken);

    /// <summary>Rows that lie in memory in the form asked for already, or empty.</summary>
    public virtual ReadOnlyMemory<byte> TryGetRows(int group, int firstRow, int rows, Projection projection, ElementType type) => default;

    /// <summary>The column as a field of an output file, with the type it has here.</summary>
    /// <exception cref="DataException">The type can't be carried along.</exception>
    public abstract DataField KeptField(CloudColumn column);

    /// <summary>The values of a column of a row group, in their own type.</summary>
    public abstract ValueTask<KeptValues> ReadKeptAsync(int group, CloudColumn column, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    /// <summary>Opens a file by its first bytes, not by its name.</summary>
    public static async ValueTask<CloudReader> OpenAsync(string path, ParquetReaderPool pool, CancellationToken cancellationToken)
    {
        try
        {
            var stamp = FileStamp.Take(path);
            if (stamp.Length == 0)
                throw new DataException("The file is empty; a Parquet or Arrow IPC file was expected.", path);

            var head = new byte[8];
            using (var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete))
                RandomAccess.Read(file, head, 0);

            if (head.AsSpan().StartsWith("PAR1"u8))
                return await ParquetCloudReader.OpenAsync(stamp, pool, cancellationToken).ConfigureAwait(false);
            if (head.AsSpan().StartsWith("PARE"u8))
                throw new DataException("The Parquet file is encrypted, which is not supported; write it without encryption.", path);
            if (head.AsSpan().StartsWith("ARROW1"u8) || head.AsSpan().StartsWith((ReadOnlySpan<byte>)[0xff, 0xff, 0xff, 0xff]))
                return ArrowCloudReader.Open(stamp);
            throw new DataException("This is neither a Parquet file nor an Arrow IPC file: its first bytes are none of theirs.", path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("open the file", path, fault);
        }
    }
}
