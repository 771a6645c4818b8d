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
    readonly Area[] _areas;

    /// <summary>Room for rows of a leaf, which must outlive this.</summary>
    /// <param name="leaf">The leaf.</param>
    /// <param name="multiple">The room is a multiple of so many rows.</param>
    public GatheredRows(Leaf leaf, int multiple)
    {
        var sources = stackalloc byte*[leaf.Count + 1];
        leaf.At(0, sources);
        nint bytes = 0;
        for (var s = 0; s <= leaf.Count; s++) bytes += leaf.RowBytes(s);
        Capacity = (int)Math.Clamp(WantedBytes / Math.Max(1, bytes) / multiple * multiple, multiple, MaxRows);
        _buffer = new AlignedBuffer(Capacity * bytes);
        _areas = new Area[leaf.Count + 1];
        var target = _buffer.Pointer;
        for (var s = 0; s < _areas.Length; s++)
        {
            _areas[s] = new Area((nint)sources[s], (nint)target, leaf.RowBytes(s));
            target += Capacity * leaf.RowBytes(s);
        }
    }

    /// <summary>The number of rows there is room for.</summary>
    public int Capacity { get; }

    /// <summary>The number of rows that are here.</summary>
    public int Count { get; private set; }

    /// <summary>Copies rows of the leaf behind those that are here.</summary>
    /// <param name="first">The first, counted from the leaf's first.</param>
    /// <param name="rows">How many; there must be room.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Append(long first, int rows)
    {
        foreach (ref readonly var area in _areas.AsSpan())
        {
            if (area.RowBytes == 0) continue;
            Unsafe.CopyBlockUnaligned(
                (byte*)area.Target + Count * area.RowBytes, (byte*)area.Source + (nint)first * area.RowBytes, (uint)(rows * area.RowBytes));
        }

        Count += rows;
    }

    /// <summary>The addresses of the first row: each variable's, then the computed values'.</summary>
    public void At(byte** addresses)
    {
        for (var s = 0; s < _areas.Length; s++) addresses[s] = (byte*)_areas[s].Target;
    }

    /// <summary>Forgets the rows.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>Where the rows of a variable come from, where they go, and the bytes of one.</summary>
    readonly record struct Area(nint Source, nint Target, nint RowBytes);
}
