using System.IO.Hashing;

namespace Distributed.Keops.Data;

/// <summary>
/// Appends labelled blocks of bytes to a file of one process, so that what was computed outlives it. Safe for several threads.
/// </summary>
public sealed class SegmentWriter : IAsyncDisposable
{
    readonly SemaphoreSlim _turn = new(1, 1);
    readonly byte[] _identity;
    FileStream? _file;
    bool _damaged;

    /// <summary>A segment; its file is created by the first block, in a folder that exists.</summary>
    /// <param name="path">The file; nobody else writes it.</param>
    /// <param name="identity">What all its blocks belong to; readers ask for it.</param>
    public SegmentWriter(string path, ReadOnlySpan<byte> identity) => (Path, _identity) = (path, identity.ToArray());

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>Appends a block. When this returns, other processes can read it.</summary>
    /// <param name="label">What it is.</param>
    /// <param name="data">Its bytes.</param>
    /// <param name="cancellationToken">Gives up the wait for other writers; a block is written whole.</param>
    /// <exception cref="DataException">The file can't be written.</exception>
    public async Task<SegmentEntry> AppendAsync(ReadOnlyMemory<byte> label, ReadOnlyMemory<byte> data, CancellationToken cancellationToken)
    {
        var hash = XxHash64.HashToUInt64(data.Span);
        var header = new byte[SegmentFormat.EntryHeader + label.Length];
        SegmentFormat.WriteEntryHeader(header, label.Length, data.Length, XxHash64.HashToUInt64(label.Span), hash);
        label.CopyTo(header.AsMemory(SegmentFormat.EntryHeader));
        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var file = _file ??= Open();
            // What a failed write left behind must not stand before what follows.
            if (_damaged) throw new IOException("an earlier block could not be written.");
            _damaged = true;
            var offset = file.Position + header.Length;
            await file.WriteAsync(header, CancellationToken.None).ConfigureAwait(false);
            await file.WriteAsync(data, CancellationToken.None).ConfigureAwait(false);
            await file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            _damaged = false;
            return new SegmentEntry(label, offset, data.Length, hash);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw DataException.FromIO("keep results here until they are complete", Path, fault);
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        // Behind a block that is being written; what comes later finds the writer disposed.
        await _turn.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_file is not null) await _file.DisposeAsync().ConfigureAwait(false);
        }
        catch (IOException)
        {
            // What could not be flushed, to a full disk for instance, was told to nobody.
        }

        _turn.Dispose();
    }

    FileStream Open()
    {
        var file = new FileStream(
            Path, FileMode.CreateNew, FileAccess.Write, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
        file.Write(SegmentFormat.FileHeader(_identity));
        return file;
    }
}
