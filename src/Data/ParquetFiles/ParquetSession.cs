using Microsoft.Win32.SafeHandles;
using Parquet;

namespace Distributed.Keops.Data;

/// <summary>An open Parquet file with its footer parsed, for one user at a time.</summary>
internal sealed class ParquetSession : IAsyncDisposable
{
    /// <summary>Most footers fit the file's last 64 KiB; longer ones cost a few more reads.</summary>
    const int TailBytes = 64 << 10;

    readonly SafeFileHandle _file;

    ParquetSession(SafeFileHandle file, SparseStream stream, ParquetReader reader, HashSet<int> halves) =>
        (_file, Stream, Reader, Halves) = (file, stream, reader, halves);

    public SparseStream Stream { get; }

    public ParquetReader Reader { get; }

    /// <summary>The leaves that hold float16, which can't be decoded.</summary>
    public IReadOnlySet<int> Halves { get; }

    /// <exception cref="DataException">The file is no whole Parquet file, or holds a type that can't be read.</exception>
    public static async ValueTask<ParquetSession> OpenAsync(FileStamp stamp, CancellationToken cancellationToken)
    {
        var file = File.OpenHandle(stamp.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete,
            FileOptions.Asynchronous | FileOptions.RandomAccess);
        var stream = new SparseStream(file, stamp.Length);
        try
        {
            var tail = Math.Min(TailBytes, stamp.Length);
            await stream.FetchAsync([(stamp.Length - tail, tail)], cancellationToken).ConfigureAwait(false);
            ParquetFooter.RequireWhole(stream, stamp);
            var reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: cancellationToken)
                .ConfigureAwait(false);
            stream.Release();
            var halves = ParquetFooter.HideHalves(reader.Metadata!);
            _ = reader.Schema;
            return new ParquetSession(file, stream, reader, halves);
        }
        catch (Exception fault)
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            file.Dispose();
            if (fault is DataException or IOException or UnauthorizedAccessException or OperationCanceledException or OutOfMemoryException)
                throw;
            throw ParquetFooter.Unreadable(stamp, fault);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync().ConfigureAwait(false);
        await Stream.DisposeAsync().ConfigureAwait(false);
        _file.Dispose();
    }
}
