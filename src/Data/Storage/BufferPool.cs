namespace Distributed.Keops.Data;

/// <summary>
/// Keeps a few released buffers for the next row group: the first touch of fresh pages costs many times the touch of used ones.
/// Safe for concurrent use.
/// </summary>
internal sealed class BufferPool : IDisposable
{
    const int Kept = 3;
    readonly List<NativeBuffer> _free = [];
    bool _disposed;

    public NativeBuffer Rent(long bytes)
    {
        lock (_free)
        {
            // A buffer of more than twice the size would hide its waste from the cache's budget.
            var fit = _free.FindIndex(buffer => buffer.Capacity >= bytes && buffer.Capacity / 2 <= Math.Max(bytes, 64));
            if (fit >= 0)
            {
                var buffer = _free[fit];
                _free.RemoveAt(fit);
                return buffer;
            }
        }
        return new NativeBuffer(bytes);
    }

    public void Return(NativeBuffer buffer)
    {
        NativeBuffer? dropped = null;
        lock (_free)
        {
            _free.Add(buffer);
            if (_disposed || _free.Count > Kept)
                (dropped, _) = (_free[0], _free.Remove(_free[0]));
        }
        dropped?.Dispose();
    }

    /// <summary>Frees what is kept.</summary>
    public void Clear()
    {
        lock (_free)
        {
            _free.ForEach(buffer => buffer.Dispose());
            _free.Clear();
        }
    }

    public void Dispose()
    {
        lock (_free) _disposed = true;
        Clear();
    }
}
