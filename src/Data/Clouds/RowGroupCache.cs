namespace Distributed.Keops.Data;

/// <summary>
/// The decoded row groups of a cloud, least recently used first out, bounded in bytes. Readers that want the same group at once
/// share one decode. Safe for concurrent use.
/// </summary>
internal sealed class RowGroupCache(long budget) : IDisposable
{
    readonly Dictionary<int, Entry> _entries = [];
    readonly LinkedList<Entry> _recent = [];
    readonly CancellationTokenSource _closing = new();
    long _bytes;
    bool _disposed;

    public BufferPool Buffers { get; } = new();

    /// <summary>The group's rows, decoded now if they are not here; they stay until the lease is disposed.</summary>
    public async ValueTask<Lease> GetAsync(int group, Func<CancellationToken, Task<DecodedRows>> decode, CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PointCloud));
            if (_entries.TryGetValue(group, out entry))
                _recent.Remove(entry.Node);
            else
            {
                // The decode is shared, so no single caller's token may stop it; only closing the cloud does.
                var closing = _closing.Token;
                _entries[group] = entry = new Entry(group, Task.Run(() => decode(closing), closing));
            }
            _recent.AddFirst(entry.Node);
            entry.Users++;
        }
        try
        {
            return new Lease(this, entry, await entry.Rows.WaitAsync(cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            Release(entry);
            throw;
        }
    }

    public void Dispose()
    {
        lock (_entries)
        {
            if (_disposed)
                return;
            _disposed = true;
            budget = 0;
        }
        _closing.Cancel();
        Evict();
        Buffers.Dispose();
        _closing.Dispose();
    }

    void Release(Entry entry)
    {
        lock (_entries)
        {
            entry.Users--;
            // Failed decodes are forgotten, so that the next reader tries again.
            if (entry.Rows is { IsCompleted: true, IsCompletedSuccessfully: false } && _entries.GetValueOrDefault(entry.Group) == entry)
                Forget(entry);
        }
        Evict();
    }

    void Evict()
    {
        lock (_entries)
        {
            foreach (var entry in _recent)
                if (!entry.Counted && entry.Rows.IsCompletedSuccessfully)
                    (entry.Counted, _bytes) = (true, _bytes + entry.Rows.Result.Buffer.Capacity);

            for (var node = _recent.Last; node is not null && _bytes > budget;)
            {
                var (entry, next) = (node.Value, node.Previous);
                if (entry.Users == 0 && entry.Counted)
                {
                    _bytes -= entry.Rows.Result.Buffer.Capacity;
                    Forget(entry);
                    Buffers.Return(entry.Rows.Result.Buffer);
                }
                node = next;
            }
        }
    }

    void Forget(Entry entry)
    {
        _entries.Remove(entry.Group);
        _recent.Remove(entry.Node);
    }

    internal sealed class Entry
    {
        public Entry(int group, Task<DecodedRows> rows) => (Group, Rows, Node) = (group, rows, new(this));

        public int Group { get; }
        public Task<DecodedRows> Rows { get; }
        public LinkedListNode<Entry> Node { get; }
        public int Users { get; set; }
        public bool Counted { get; set; }
    }

    /// <summary>Holds a decoded row group in memory.</summary>
    internal readonly struct Lease(RowGroupCache cache, Entry entry, DecodedRows rows) : IDisposable
    {
        public DecodedRows Rows => rows;

        public void Dispose() => cache.Release(entry);
    }
}
