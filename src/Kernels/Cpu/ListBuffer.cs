using System.Numerics;
using System.Reflection.Emit;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits sorted lists of the K smallest values that take in newcomers many at a time. What is below a lane's last entry goes, lane by lane, behind
/// the list; when a lane's room is used up, a sorting network (Batcher 1968) over whole vectors sorts the newcomers and merges them in.
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
        var (run, distance) = (_il.Local(typeof(int)), _il.Local(typeof(int)));
        // Newcomers in descending order: runs of 2, 4 … of alternating direction.
        Set(run, 2);
        var nextRun = _il.Target();
        _il.Mark(nextRun);
        _il.Load(run);
        Shift(distance, OpCodes.Shr);
        Passes(distance, _room, _rows - _room, run, t);
        _il.Load(run);
        Shift(run, OpCodes.Shl);
        _il.Load(run);
        _il.Emit(OpCodes.Ldc_I4, _room);
        _il.Branch(OpCodes.Ble, nextRun);
        Set(distance, _rows / 2);
        Passes(distance, _rows, 0, null, t);
        _il.Release(run);
        _il.Release(distance);
        Clear(t);
    }

    /// <summary>
    /// Compares and exchanges pairs of rows at half of each distance before, from <paramref name="distance"/> down to 1: ascending, or where <paramref name="run"/> is given
    /// ascending in every other run, beginning with the second.
    /// </summary>
    void Passes(IlLocal distance, int rows, int firstRow, IlLocal? run, int t)
    {
        var (row, low, high) = (_il.Local(typeof(int)), _il.Local(typeof(nint)), _il.Local(typeof(nint)));
        var (nextPass, nextRow, skip) = (_il.Target(), _il.Target(), _il.Target());
        _il.Mark(nextPass);
        Set(row, 0);
        _il.Mark(nextRow);
        _il.Load(row);
        _il.Load(distance);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Branch(OpCodes.Bne_Un, skip);
        PushRow(row, null);
        _il.Store(low);
        PushRow(row, distance);
        _il.Store(high);
        if (run is not null)
        {
            var ascending = _il.Target();
            _il.Load(row);
            _il.Load(run);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Branch(OpCodes.Bne_Un, ascending);
            _il.Load(low);
            _il.Load(high);
            _il.Store(low);
            _il.Store(high);
            _il.Mark(ascending);
        }

        Exchange(low, high);
        _il.Mark(skip);
        _il.Load(row);
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Add);
        _il.Store(row);
        _il.Load(row);
        _il.Emit(OpCodes.Ldc_I4, rows);
        _il.Branch(OpCodes.Blt, nextRow);
        _il.Load(distance);
        Shift(distance, OpCodes.Shr);
        _il.Load(distance);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Branch(OpCodes.Bgt, nextPass);
        foreach (var local in new[] { row, low, high }) _il.Release(local);

        void PushRow(IlLocal number, IlLocal? plus)
        {
            PushAddress(_values + firstRow, new Component(0), t);
            _il.Load(number);
            if (plus is not null) _il.Load(plus);
            if (plus is not null) _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Conv_I);
            _il.Offset(RowBytes);
            _il.Emit(OpCodes.Mul);
            _il.Emit(OpCodes.Add);
        }
    }

    /// <summary>The smaller value, or of equal ones that of the lower row number, to the first address, lane by lane.</summary>
    void Exchange(IlLocal low, IlLocal high)
    {
        using var t = new VectorTerms(_il, _isa, _code);
        var (a, b) = (At(low, 0), At(high, 0));
        if (!_indices)
        {
            Put(low, 0, t.Of(OpCode.Min, a, b));
            Put(high, 0, t.Of(OpCode.Max, a, b));
            return;
        }

        var (rowA, rowB) = (At(low, ToIndex), At(high, ToIndex));
        t.Push(rowB);
        _il.Call(_isa.Reinterpret(toIntegers: true));
        t.Push(rowA);
        _il.Call(_isa.Reinterpret(toIntegers: true));
        _il.Call(_isa.Any("LessThan", 2, integers: true));
        _il.Call(_isa.Reinterpret(toIntegers: false));
        var earlier = t.Pop();
        var swap = t.Of(OpCode.Or, t.Of(OpCode.LessThan, b, a), t.Of(OpCode.And, t.Of(OpCode.Equal, a, b), earlier));
        Put(low, 0, t.Select(swap, b, a));
        Put(high, 0, t.Select(swap, a, b));
        Put(low, ToIndex, t.Select(swap, rowB, rowA));
        Put(high, ToIndex, t.Select(swap, rowA, rowB));

        VectorTerm At(IlLocal address, int displacement)
        {
            PushDisplaced(address, displacement);
            _code.Load();
            return t.Pop();
        }

        void Put(IlLocal address, int displacement, VectorTerm value)
        {
            PushDisplaced(address, displacement);
            t.Push(value);
            _code.Store();
        }
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

    void PushDisplaced(IlLocal address, int displacement)
    {
        _il.Load(address);
        if (displacement == 0) return;
        _il.Offset(displacement);
        _il.Emit(OpCodes.Add);
    }

    void Add(IlLocal local)
    {
        _il.Load(local);
        _il.Emit(OpCodes.Add);
    }

    void Set(IlLocal local, int number)
    {
        _il.Emit(OpCodes.Ldc_I4, number);
        _il.Store(local);
    }

    void Shift(IlLocal to, System.Reflection.Emit.OpCode shift)
    {
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(shift);
        _il.Store(to);
    }
}
