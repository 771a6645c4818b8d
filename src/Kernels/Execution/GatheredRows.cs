using System.Runtime.CompilerServices;
using Distributed.Keops.Kernels.Cpu;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>Rows of a leaf from here and there, copied one after the other. One thread's; filled and emptied again and again.</summary>
sealed unsafe class GatheredRows : IDisposable
{
    // What a first-level cache holds beside the tile; long rows get a few at least.
    const int WantedBytes = 24 << 10;
    const int MaxRows = 2048;

    readonly AlignedBuffer _buffer;
    readonly nint[] _rowBytes;

    /// <summary>Room for rows like those of a leaf.</summary>
    /// <param name="like">The leaf.</param>
    /// <param name="multiple">The room is a multiple of so many rows.</param>
    public GatheredRows(Leaf like, int multiple)
    {
        _rowBytes = [.. Enumerable.Range(0, like.Count + 1).Select(like.RowBytes)];
        var bytes = Math.Max(1, (nint)_rowBytes.Sum(b => b));
        Capacity = (int)Math.Clamp(WantedBytes / bytes / multiple * multiple, multiple, MaxRows);
        _buffer = new AlignedBuffer(Capacity * bytes);
    }

    /// <summary>The number of rows there is room for.</summary>
    public int Capacity { get; }

    /// <summary>The number of rows that are here.</summary>
    public int Count { get; private set; }

    /// <summary>Copies rows behind those that are here.</summary>
    /// <param name="leaf">Where they are.</param>
    /// <param name="first">The first, counted from the leaf's first.</param>
    /// <param name="rows">How many; there must be room.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(Leaf leaf, long first, int rows)
    {
        var sources = stackalloc byte*[_rowBytes.Length];
        var targets = stackalloc byte*[_rowBytes.Length];
        leaf.At(first, sources);
        At(targets);
        for (var s = 0; s < _rowBytes.Length; s++)
        {
            var bytes = rows * _rowBytes[s];
            Buffer.MemoryCopy(sources[s], targets[s] + Count * _rowBytes[s], bytes, bytes);
        }

        Count += rows;
    }

    /// <summary>The addresses of the first row: each variable's, then the computed values'.</summary>
    public void At(byte** addresses)
    {
        var area = _buffer.Pointer;
        for (var s = 0; s < _rowBytes.Length; s++)
        {
            addresses[s] = area;
            area += Capacity * _rowBytes[s];
        }
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();
}
