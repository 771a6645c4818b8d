using System.Runtime.CompilerServices;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// The reduction of spans of output rows, on one thread; it serves one span after the other. Long reduced intervals are read in place;
/// short ones are copied together first, so that a kernel is called for thousands of rows and not for the few of one interval. Where calls
/// start depends on the span's reduced intervals alone, at multiples of <see cref="CpuReduction.BlockRows"/> of their sequence: sums have
/// the runs that they would have if the rows stood one after the other.
/// </summary>
sealed unsafe class SpanRun : IDisposable
{
    const int TileRows = CpuReduction.TileRows;

    // Copying a row costs as much as some pairs: not for rows that stand together anyway.
    const int InPlaceRows = 1024;

    readonly BoundReduction _reduction;
    readonly PartialStates _states;
    readonly Windows _i;
    readonly Leaf _j;
    readonly AlignedBuffer _parameters;
    readonly StatePool _pool;
    readonly CpuWorkspace _workspace;
    readonly GatheredRows _gathered;
    readonly List<RowInterval> _leaf = [];
    readonly List<long> _starts = [];
    readonly TileStack[] _stacks = new TileStack[TaskRunner.MaxTilesAtOnce];
    readonly StateTile[] _tiles = new StateTile[TaskRunner.MaxTilesAtOnce];
    RangeSpan _span;
    long _taken;
    long _pairs;

    /// <summary>Prepares a thread's part of a task.</summary>
    /// <param name="reduction">What is computed.</param>
    /// <param name="states">Where the states of rows go: the task's.</param>
    /// <param name="i">The task's output rows.</param>
    /// <param name="j">Reduced rows, among them all that the task takes in.</param>
    /// <param name="parameters">The call's record.</param>
    /// <param name="pool">States of tiles, of all threads.</param>
    /// <param name="workspace">The thread's memory for tiles.</param>
    public SpanRun(
        BoundReduction reduction, PartialStates states, Windows i, Leaf j, AlignedBuffer parameters, StatePool pool, CpuWorkspace workspace)
    {
        (_reduction, _states, _i, _j, _parameters, _pool, _workspace) = (reduction, states, i, j, parameters, pool, workspace);
        _gathered = new GatheredRows(j, CpuReduction.BlockRows);
    }

    int Tiles => (_span.Rows + TileRows - 1) / TileRows;

    CpuReduction Kernel => _reduction.Kernel;

    /// <summary>Takes in the leaves of a node and puts the states where they belong.</summary>
    /// <returns>The number of pairs.</returns>
    public long Run(RangeSpan span, MergeNode node)
    {
        var plan = _reduction.Plan;
        (_span, _pairs) = (span, 0);
        for (var tile = 0; tile < Tiles; tile++) _stacks[tile] = new TileStack(Kernel, _pool);
        var (number, room) = (0L, Room(0));
        foreach (var interval in _reduction.Pairs!.ReducedOf(_span.Block))
        {
            for (var first = interval.First; first < interval.End;)
            {
                var count = Math.Min(room, interval.End - first);
                _starts.Add(_leaf.Count == 0 ? 0 : _starts[^1] + _leaf[^1].Count);
                _leaf.Add(new RowInterval(first, first + count));
                (first, room) = (first + count, room - count);
                if (room > 0) continue;
                EndLeaf();
                room = Room(number);
            }
        }

        if (_leaf.Count > 0) EndLeaf();
        for (var tile = 0; tile < Tiles; tile++)
        {
            if (_stacks[tile].Collapse(_workspace) is not { } state) continue;
            _states.Put(_span.First + tile * TileRows, Rows(tile), state.Pointer);
            _pool.Return(state);
        }

        return _pairs;

        // Where reduced intervals repeat, the sequence may be longer than the cloud: the plan's last leaf then takes all that
        // is left, so that every way of cutting the plan into tasks has the same leaves.
        long Room(long leaf) => leaf < plan.Leaves - 1 ? plan.LeafRows : long.MaxValue;

        void EndLeaf()
        {
            if (number >= node.FirstLeaf && number < (node.Index + 1) << node.Level) ReduceLeaf();
            _leaf.Clear();
            _starts.Clear();
            number++;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _gathered.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    void ReduceLeaf()
    {
        for (var tile = 0; tile < Tiles; tile++)
        {
            _tiles[tile] = _pool.Rent();
            Kernel.Clear(_tiles[tile].Pointer);
        }

        _taken = 0;
        _gathered.Clear();
        var sources = stackalloc byte*[_j.Count + 1];
        foreach (var interval in _leaf)
        {
            for (var first = interval.First; first < interval.End;)
            {
                var left = interval.End - first;
                var over = _gathered.Count % CpuReduction.BlockRows;
                int count;
                if (left < InPlaceRows || over > 0)
                {
                    var room = left < InPlaceRows ? _gathered.Capacity - _gathered.Count : CpuReduction.BlockRows - over;
                    count = (int)Math.Min(left, room);
                    _gathered.Append(first - _j.FirstRow, count);
                    if (_gathered.Count == _gathered.Capacity) TakeGathered(sources);
                }
                else
                {
                    TakeGathered(sources);
                    count = (int)(left - left % CpuReduction.BlockRows);
                    _j.At(first - _j.FirstRow, sources);
                    Take(sources, count);
                }

                first += count;
            }
        }

        TakeGathered(sources);
        for (var tile = 0; tile < Tiles; tile++)
        {
            ToRowNumbers(_tiles[tile]);
            _stacks[tile].Push(_tiles[tile], _workspace);
        }
    }

    void TakeGathered(byte** sources)
    {
        if (_gathered.Count == 0) return;
        _gathered.At(sources);
        Take(sources, _gathered.Count);
        _gathered.Clear();
    }

    void Take(byte** jSources, int jRows)
    {
        var iSources = stackalloc byte*[_i.Count + 1];
        for (var tile = 0; tile < Tiles; tile++)
        {
            _i.At(_span.First + tile * TileRows, iSources);
            Kernel.Reduce(iSources, Rows(tile), jSources, jRows, _taken, _parameters.Pointer, _tiles[tile].Pointer, _workspace);
        }

        _taken += jRows;
        _pairs += (long)_span.Rows * jRows;
    }

    int Rows(int tile) => Math.Min(TileRows, _span.Rows - tile * TileRows);

    /// <summary>Places in the leaf's sequence become the numbers of the rows that stand there; −1 stays: none.</summary>
    void ToRowNumbers(StateTile state)
    {
        var words = (long*)state.Pointer;
        foreach (var part in Kernel.Program.Monoid.Parts)
        {
            if (part.Type == ComponentType.Index)
            {
                for (var k = 0; k < part.Length; k++)
                {
                    for (var r = 0; r < TileRows; r++) words[k * TileRows + r] = RowAt(words[k * TileRows + r]);
                }
            }

            words += part.Length * TileRows;
        }
    }

    // Lanes without a row hold anything.
    long RowAt(long place)
    {
        if (place < 0 || place >= _taken) return -1;
        var at = _starts.BinarySearch(place);
        if (at < 0) at = ~at - 1;
        return _leaf[at].First + place - _starts[at];
    }
}
