using Microsoft.Win32.SafeHandles;
using Parquet;

namespace Distributed.Keops.Data;

/// <summary>An open Parquet file with its footer parsed, for one user at a time.</summary>
internal sealed class ParquetSession : IAsyncDisposable
{
    /// <summary>Most footers fit the file's last 64 KiB; longer ones cost a few more reads.</summary>
    const int TailBytes = 64 << 10;

    readonly SafeFileHandle _file;

    ParquetSession(SafeFileHandle file, SparseStream stream, ParquetReader reader) => (_file, Stream, Reader) = (file, stream, reader);

    public SparseStream Stream { get; }

    public ParquetReader Reader { get; }

    /// <exception cref="DataException">The file is no whole Parquet file, or holds a type that can't be read.</exception>
    public static async ValueTask<ParquetSession> OpenAsync(FileStamp stamp, CancellationToken cancellationToken)
    {
        var file = File.OpenHandle(stamp.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.Asynchronous | FileOptions.RandomAccess);
        var stream = new SparseStream(file, stamp.Length);
        try
        {
            var tail = Math.Min(TailBytes, stamp.Length);
            await stream.FetchAsync([(stamp.Length - tail, tail)], cancellationToken).ConfigureAwait(false);
            ParquetFooter.RequireWhole(stream, stamp);
            var reader = await ParquetReader.CreateAsync(stream, leaveStreamOpen: true, cancellationToken: cancellationToken).ConfigureAwait(false);
            stream.Release();
            return new ParquetSession(file, stream, reader);
        }
        catch (Exception fault)
        {
            var known = fault is DataException or IOException or UnauthorizedAccessException or OperationCanceledException;
            var problem = known ? null : ParquetFooter.Explain(stream, stamp, fault);
            await stream.DisposeAsync().ConfigureAwait(false);
            file.Dispose();
            if (problem is not null)
                throw problem;
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Reader.DisposeAsync().ConfigureAwait(false);
        await Stream.DisposeAsync().ConfigureAwait(false);
        _file.Dispose();
    }
}
