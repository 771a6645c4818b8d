using System.Collections.Concurrent;
using Distributed.Keops.Kernels.Cpu;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The states of one tile.</summary>
sealed unsafe class StateTile(AlignedBuffer buffer)
{
    public AlignedBuffer Buffer => buffer;

    public byte* Pointer => buffer.Pointer;
}

/// <summary>Tile states that are used again once merged. Safe for several threads.</summary>
sealed class StatePool(int tileBytes) : IDisposable
{
    readonly ConcurrentBag<StateTile> _free = [];
    readonly ConcurrentBag<StateTile> _all = [];

    public StateTile Rent()
    {
        if (_free.TryTake(out var tile)) return tile;
        tile = new StateTile(new AlignedBuffer(tileBytes));
        _all.Add(tile);
        return tile;
    }

    public void Return(StateTile tile) => _free.Add(tile);

    public void Dispose()
    {
        foreach (var tile in _all) tile.Buffer.Dispose();
    }
}
