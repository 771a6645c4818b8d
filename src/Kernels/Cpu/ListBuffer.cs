using System.Numerics;
using System.Reflection.Emit;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits sorted lists of the K smallest values that take in newcomers many at a time. What is below a lane's last entry goes, lane by
/// lane, behind the list; when a lane's room is used up, a sorting network over whole vectors sorts the newcomers and merges them in.
/// <code>
///   rows   [ list, ascending: K | +∞ … | newcomers: Room ]   P = 2^p rows of values, and as many of row numbers
///          newcomers sorted in descending order make a bitonic sequence of the whole, which p passes put in order
/// </code>
/// Equal values are ordered by their row numbers, so that the result is that of inserting one after the other.
/// </summary>
sealed class ListBuffer
{
    const int MaxRoom = 1024;

    readonly IlBuffer _il;
    readonly Isa _isa;
    readonly VectorCode _code;
    readonly ScratchSpace _scratch;
    readonly int _entries;
    readonly bool _indices;
    readonly int _room;
    readonly int _rows;
    readonly int _values;
    readonly int _counts;
    readonly int _newcomer;
    readonly IlLocal _full;
    readonly SortingNetwork _network;

    /// <summary>Takes scratch memory for lists of <paramref name="entries"/> values.</summary>
    public ListBuffer(IlBuffer il, Isa isa, VectorCode code, ScratchSpace scratch, int entries, bool indices)
    {
        (_il, _isa, _code, _scratch, _entries, _indices) = (il, isa, code, scratch, entries, indices);
        _room = (int)Math.Min(MaxRoom, BitOperations.RoundUpToPowerOf2((uint)entries));
        _rows = (int)BitOperations.RoundUpToPowerOf2((uint)(entries + _room));
        _values = scratch.Allocate(indices ? 2 * _rows : _rows);
        _counts = scratch.Allocate(1);
        _newcomer = scratch.Allocate(1);
        _full = il.Local(typeof(int));
        _network = new(il, isa, code, scratch, _values, indices ? _rows : null);
    }

    int RowBytes => _scratch.RowBytes;

    // From a value to its row number.
    int ToIndex => _rows * RowBytes;

    /// <summary>Takes over the lists of i-vector <paramref name="t"/> from the state.</summary>
    public void Begin(StateCells state, int t)
    {
        var row = new ComponentLoop(_il, 0, _entries, descending: false);
        for (var part = 0; part < (_indices ? 2 : 1); part++)
        {
            PushAddress(_values + part * _rows, new Component(0, row), t);
            state.Push(part, new Component(0, row), t);
            _code.Store();
        }

        row.End();
        Clear(t);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Store(_full);
    }

    /// <summary>Sorts in what is waiting and gives the lists of i-vector <paramref name="t"/> back to the state.</summary>
    public void End(StateCells state, int t)
    {
        Sort(t);
        var row = new ComponentLoop(_il, 0, _entries, descending: false);
        for (var part = 0; part < (_indices ? 2 : 1); part++)
        {
            state.PushAddress(part, new Component(0, row), t);
            PushAddress(_values + part * _rows, new Component(0, row), t);
            _code.Load();
            _code.Store();
        }

        row.End();
    }

    /// <summary>Puts the last entry of each lane's list on the stack: what is not below it does not go in.</summary>
    public void PushLast(int t)
    {
        PushAddress(_values + _entries - 1, new Component(0), t);
        _code.Load();
    }

    /// <summary>Keeps those lanes of a vector that are below their lists' last entries.</summary>
    /// <param name="pushValue">Puts the vector on the stack.</param>
    /// <param name="index">The row number of the first reduced row of the tile.</param>
    /// <param name="copy">Which reduced row of the tile it is.</param>
    /// <param name="t">The i-vector.</param>
    public void Append(Action pushValue, IlLocal index, int copy, int t)
    {
        PushAddress(_newcomer, new Component(0), t);
        pushValue();
        _code.Store();
        PushAddress(_newcomer, new Component(0), t);
        _code.Load();
        PushLast(t);
        _code.Operation(OpCode.LessThan);
        _il.Call(_isa.Any("ExtractMostSignificantBits", 1));
        _il.Emit(OpCodes.Conv_U8);
        var lanes = _il.Local(typeof(ulong));
        var (lane, count, address) = (_il.Local(typeof(nint)), _il.Local(typeof(nint)), _il.Local(typeof(nint)));
        _il.Store(lanes);
        var (top, done) = (_il.Target(), _il.Target());
        _il.Mark(top);
        _il.Load(lanes);
        _il.Int(0);
        _il.Branch(OpCodes.Beq, done);

        _il.Load(lanes);
        _il.Call(typeof(BitOperations).GetMethod(nameof(BitOperations.TrailingZeroCount), [typeof(ulong)])!);
        _il.Emit(OpCodes.Conv_I);
        _il.Offset(_isa.Type.Size());
        _il.Emit(OpCodes.Mul);
        _il.Store(lane);
        PushAddress(_counts, new Component(0), t);
        Add(lane);
        _il.Emit(IsSingle ? OpCodes.Ldind_I4 : OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Conv_I);
        _il.Store(count);
        PushAddress(_values + _rows - _room, new Component(0), t);
        Add(lane);
        Add(count);
        _il.Store(address);

        _il.Load(address);
        PushAddress(_newcomer, new Component(0), t);
        Add(lane);
        _il.Emit(IsSingle ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);
        _il.Emit(IsSingle ? OpCodes.Stind_R4 : OpCodes.Stind_R8);
        if (_indices)
        {
            _il.Load(address);
            _il.Offset(ToIndex);
            _il.Emit(OpCodes.Add);
            _il.Load(index);
            _il.Int(copy);
            _il.Emit(OpCodes.Add);
            if (IsSingle) _il.Emit(OpCodes.Conv_I4);
            _il.Emit(IsSingle ? OpCodes.Stind_I4 : OpCodes.Stind_I8);
        }

        _il.Load(count);
        _il.Offset(RowBytes);
        _il.Emit(OpCodes.Add);
        _il.Store(count);
        PushAddress(_counts, new Component(0), t);
        Add(lane);
        _il.Load(count);
        _il.Emit(IsSingle ? OpCodes.Conv_I4 : OpCodes.Conv_I8);
        _il.Emit(IsSingle ? OpCodes.Stind_I4 : OpCodes.Stind_I8);
        // The next tile must find room, whatever passes of it.
        _il.Load(count);
        _il.Offset((_room - 4) * RowBytes);
        _il.Emit(OpCodes.Cgt);
        _il.Load(_full);
        _il.Emit(OpCodes.Or);
        _il.Store(_full);

        // Without the lowest bit that is set.
        _il.Load(lanes);
        _il.Load(lanes);
        _il.Int(1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.And);
        _il.Store(lanes);
        _il.Branch(OpCodes.Br, top);
        _il.Mark(done);
        foreach (var local in new[] { lanes, lane, count, address }) _il.Release(local);
    }

    /// <summary>Sorts in what is waiting where a lane has no more room for a tile.</summary>
    public void SortWhenFull(int t)
    {
        var enough = _il.Target();
        _il.Load(_full);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Branch(OpCodes.Beq, enough);
        Sort(t);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Store(_full);
        _il.Mark(enough);
    }

    bool IsSingle => _isa.Type == ElementType.Float32;

    void Sort(int t)
    {
        _network.SortDescending(_rows - _room, _room, t);
        _network.MergeAscending(0, _rows, t);
        Clear(t);
    }

    /// <summary>Empties the room for newcomers and what is between it and the list.</summary>
    void Clear(int t)
    {
        var row = new ComponentLoop(_il, _entries, _rows, descending: false);
        PushAddress(_values, new Component(0, row), t);
        _code.Number(double.PositiveInfinity);
        _code.Store();
        if (_indices)
        {
            PushAddress(_values + _rows, new Component(0, row), t);
            _il.Int(-1);
            _code.Index();
            _code.Store();
        }

        row.End();
        PushAddress(_counts, new Component(0), t);
        _code.Number(0);
        _code.Store();
    }

    void PushAddress(int row, Component component, int t)
    {
        _il.Load(_scratch.Base);
        _il.PushAddress(component + row, RowBytes, (long)t * _isa.VectorBytes);
    }

    void Add(IlLocal local)
    {
        _il.Load(local);
        _il.Emit(OpCodes.Add);
    }
}
