namespace Distributed.Keops.Data;

/// <summary>
/// The decoded row groups of a cloud, least recently used first out, bounded by its share of a budget. Readers that want the same group
/// at once share one decode. Safe for concurrent use.
/// </summary>
internal sealed class RowGroupCache : IAsyncDisposable
{
    readonly CacheBudget _budget;
    readonly Dictionary<int, Entry> _entries = [];
    readonly LinkedList<Entry> _recent = [];
    readonly CancellationTokenSource _closing = new();
    long _bytes;
    bool _disposed;

    public RowGroupCache(CacheBudget budget)
    {
        _budget = budget;
        budget.Add(this);
    }

    public BufferPool Buffers { get; } = new();

    /// <summary>The bytes that are held.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The group's rows, decoded now if they are not here; they stay until the lease is disposed.</summary>
    public async ValueTask<Lease> GetAsync(int group, Func<CancellationToken, Task<DecodedRows>> decode,
        CancellationToken cancellationToken)
    {
        Entry? entry;
        lock (_entries)
        {
            ObjectDisposedException.ThrowIf(_disposed, typeof(PointCloud));
            if (_entries.TryGetValue(group, out entry))
                _recent.Remove(entry.Node);
            else
            {
                _entries[group] = entry = new Entry(group);
                entry.Rows = DecodeAsync(entry, decode, _closing.Token);
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

    /// <summary>Waits for decodes under way, since they read from files that are closed next.</summary>
    public async ValueTask DisposeAsync()
    {
        Task[] decodes;
        lock (_entries)
        {
            if (_disposed)
                return;
            _disposed = true;
            decodes = [.. _entries.Values.Select(entry => entry.Rows)];
        }
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(decodes).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        Trim();
        _budget.Remove(this);
        Buffers.Dispose();
        _closing.Dispose();
    }

    /// <summary>The decode is shared, so no single caller's token may stop it; only closing the cloud does.</summary>
    async Task<DecodedRows> DecodeAsync(Entry entry, Func<CancellationToken, Task<DecodedRows>> decode, CancellationToken closing)
    {
        // Away from the lock and from the caller's thread.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var rows = await decode(closing).ConfigureAwait(false);
        lock (_entries)
            (entry.Bytes, _bytes) = (rows.Buffer.Capacity, _bytes + rows.Buffer.Capacity);
        return rows;
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
        Trim();
    }

    /// <summary>Gives back what is more than a share that has become smaller, to the system too.</summary>
    public void Shrink()
    {
        Trim();
        Buffers.Clear();
    }

    /// <summary>Lets go what is more than the cloud's share and is not being read.</summary>
    void Trim()
    {
        lock (_entries)
        {
            var most = _disposed ? -1 : _budget.Share;
            for (var node = _recent.Last; node is not null && _bytes > most;)
            {
                var (entry, next) = (node.Value, node.Previous);
                if (entry.Users == 0 && entry.Rows.IsCompletedSuccessfully)
                {
                    _bytes -= entry.Bytes;
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
        public Entry(int group) => (Group, Node) = (group, new(this));

        public int Group { get; }
        public LinkedListNode<Entry> Node { get; }
        public Task<DecodedRows> Rows { get; set; } = null!;
        public int Users { get; set; }
        public long Bytes { get; set; }
    }

    /// <summary>Holds a decoded row group in memory.</summary>
    internal readonly struct Lease(RowGroupCache cache, Entry entry, DecodedRows rows) : IDisposable
    {
        public DecodedRows Rows => rows;

        public void Dispose() => cache.Release(entry);
    }
}
