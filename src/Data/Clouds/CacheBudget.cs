namespace Distributed.Keops.Data;

/// <summary>
/// How many bytes of decoded rows several clouds may keep together. Each open cloud has an equal share, so that what one keeps, and how
/// long reading it takes, does not depend on how eagerly the others are read; the shares grow and shrink as clouds are opened and closed.
/// Safe for concurrent use.
/// </summary>
/// <param name="bytes">All of them together. A row group that is being read is held however large it is.</param>
public sealed class CacheBudget(long bytes)
{
    readonly Lock _lock = new();
    readonly HashSet<RowGroupCache> _caches = [];
    int _open;

    /// <summary>What one cloud may keep now.</summary>
    public long Share => bytes / Math.Max(1, Volatile.Read(ref _open));

    /// <summary>The bytes of decoded rows that all clouds keep now.</summary>
    public long Used
    {
        get
        {
            lock (_lock) return _caches.Sum(cache => cache.Bytes);
        }
    }

    internal void Add(RowGroupCache cache)
    {
        RowGroupCache[] others;
        lock (_lock)
        {
            others = [.. _caches];
            _caches.Add(cache);
            _open = _caches.Count;
        }

        // Outside of the lock, since caches ask for their share within their own.
        foreach (var other in others) other.Shrink();
    }

    internal void Remove(RowGroupCache cache)
    {
        lock (_lock)
        {
            _caches.Remove(cache);
            _open = _caches.Count;
        }
    }
}
