using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// The states of a run of output rows over a subtree of leaves: what a task gives, and what is sent when it is merged elsewhere. Tiles of
/// 64 rows stand one after the other, each as <see cref="CpuReduction"/> describes; 8 bytes a word.
/// </summary>
public sealed unsafe class PartialStates : IDisposable
{
    readonly CpuReduction _kernel;
    readonly AlignedBuffer _buffer;

    /// <summary>Empty states for <paramref name="rows"/> rows from <paramref name="firstRow"/> on.</summary>
    public PartialStates(CpuReduction kernel, long firstRow, int rows)
    {
        (_kernel, FirstRow, Rows) = (kernel, firstRow, rows);
        Tiles = (rows + CpuReduction.TileRows - 1) / CpuReduction.TileRows;
        _buffer = new AlignedBuffer((nint)Tiles * kernel.TileStateBytes);
        for (var tile = 0; tile < Tiles; tile++) kernel.Clear(Tile(tile));
    }

    /// <summary>The first output row.</summary>
    public long FirstRow { get; }

    /// <summary>The number of output rows.</summary>
    public int Rows { get; }

    /// <summary>The number of tiles.</summary>
    public int Tiles { get; }

    /// <summary>The states as bytes, for sending and for checksums.</summary>
    public Span<byte> Bytes => new(_buffer.Pointer, checked((int)_buffer.Bytes));

    internal byte* Tile(int tile) => _buffer.Pointer + (nint)tile * _kernel.TileStateBytes;

    /// <summary>Takes over the states of rows that stand in a tile of their own.</summary>
    /// <param name="first">The first row, counted from <see cref="FirstRow"/>: anywhere in a tile.</param>
    /// <param name="rows">How many, at most a tile's.</param>
    /// <param name="tile">Their tile; the first row is its row 0.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal void Put(int first, int rows, byte* tile)
    {
        const int TileRows = CpuReduction.TileRows;
        var words = _kernel.Program.Monoid.Words;
        for (var r = 0; r < rows; r++)
        {
            var target = (long*)Tile((first + r) / TileRows) + (first + r) % TileRows;
            for (var w = 0; w < words; w++) target[w * TileRows] = ((long*)tile)[w * TileRows + r];
        }
    }

    /// <summary>Merges the states of later leaves of the same rows into these.</summary>
    public void Merge(PartialStates right)
    {
        using var workspace = _kernel.CreateWorkspace();
        for (var tile = 0; tile < Tiles; tile++) _kernel.Merge(Tile(tile), right.Tile(tile), workspace);
    }

    /// <summary>The results of these states, each rounded once.</summary>
    /// <param name="dtype">Their dtype; by default the one that was computed in.</param>
    /// <param name="rowNumbers">
    /// What the reduced rows are called in results, where some of a cloud's rows are left out; empty when they are called by their place.
    /// </param>
    public ResultBlock Finalize(ElementType? dtype = null, ReadOnlyMemory<long> rowNumbers = default)
    {
        var monoid = _kernel.Program.Monoid;
        var type = dtype ?? _kernel.Program.Type;
        var columns = monoid.Outputs.Select(
            o => new byte[(long)Rows * o.Length * (o.Type == ComponentType.Index ? sizeof(long) : type.Size())]).ToArray();
        using var workspace = _kernel.CreateWorkspace();
        for (var tile = 0; tile < Tiles; tile++)
        {
            var results = _kernel.Finalize(Tile(tile), workspace);
            var first = tile * CpuReduction.TileRows;
            var count = Math.Min(CpuReduction.TileRows, Rows - first);
            for (var o = 0; o < columns.Length; o++)
            {
                var output = monoid.Outputs[o];
                CopyRows(results, first, count, output.Length, columns[o], output.Type, type, rowNumbers.Span);
                results += (nint)output.Length * CpuReduction.TileRows * sizeof(double);
            }
        }

        return new ResultBlock(FirstRow, Rows, columns);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    static void CopyRows(
        byte* tile, int first, int count, int length, byte[] column, ComponentType kind, ElementType type, ReadOnlySpan<long> rowNumbers)
    {
        const int TileRows = CpuReduction.TileRows;
        for (var r = 0; r < count; r++)
        {
            for (var k = 0; k < length; k++)
            {
                var at = (first + r) * length + k;
                if (kind == ComponentType.Index) Put(column, at, RowNumber(((long*)tile)[k * TileRows + r], rowNumbers));
                else if (type == ElementType.Float32) Put(column, at, (float)((double*)tile)[k * TileRows + r]);
                else if (type == ElementType.Float16) Put(column, at, (Half)((double*)tile)[k * TileRows + r]);
                else Put(column, at, ((double*)tile)[k * TileRows + r]);
            }
        }
    }

    // Nothing was taken in: row 0 by convention, whatever rows there are.
    static long RowNumber(long row, ReadOnlySpan<long> rowNumbers) => row < 0 ? 0 : rowNumbers.IsEmpty ? row : rowNumbers[(int)row];

    static void Put<T>(byte[] column, int at, T value)
        where T : unmanaged => MemoryMarshal.Write(column.AsSpan(at * Unsafe.SizeOf<T>()), value);
}

/// <summary>Results of a run of output rows.</summary>
/// <param name="FirstRow">The first output row.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Columns">
/// For each result of the reduction (<see cref="Reductions.Monoid.Outputs"/>), its values row by row: the element type, or int64 for row
/// numbers.</param>
public sealed record ResultBlock(long FirstRow, int Rows, IReadOnlyList<byte[]> Columns);
