namespace Distributed.Keops.Data;

/// <summary>
/// Idle readers for the next decode. Parquet.Net's reader serves one user at a time and parses the whole footer when it opens (5 ms for
/// 500 row groups), so a few are kept; not one per file, since a lake may have thousands. Safe for concurrent use.
/// </summary>
internal sealed class ParquetReaderPool : IAsyncDisposable
{
    const int Kept = 16;
    readonly LinkedList<(string Path, ParquetSession Session)> _idle = [];
    bool _disposed;

    public async ValueTask<ParquetSession> RentAsync(FileStamp stamp, CancellationToken cancellationToken)
    {
        lock (_idle)
        {
            for (var node = _idle.First; node is not null; node = node.Next)
                if (node.Value.Path == stamp.Path)
                {
                    _idle.Remove(node);
                    return node.Value.Session;
                }
        }
        return await ParquetSession.OpenAsync(stamp, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask ReturnAsync(FileStamp stamp, ParquetSession session)
    {
        session.Stream.Release();
        ParquetSession? dropped = null;
        lock (_idle)
        {
            _idle.AddFirst((stamp.Path, session));
            if (_disposed || _idle.Count > Kept)
            {
                dropped = _idle.Last!.Value.Session;
                _idle.RemoveLast();
            }
        }
        if (dropped is not null)
            await dropped.DisposeAsync().ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        ParquetSession[] idle;
        lock (_idle)
        {
            _disposed = true;
            idle = [.. _idle.Select(entry => entry.Session)];
            _idle.Clear();
        }
        foreach (var session in idle)
            await session.DisposeAsync().ConfigureAwait(false);
    }
}
