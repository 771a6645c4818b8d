using System.Reflection.Emit;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits a bitonic sort (Batcher 1968) of rows of scratch memory, each lane for itself: whole rows are compared and exchanged, in an order
/// that does not depend on the values. Numbers of rows are powers of two.
/// </summary>
/// <param name="il">Where the code goes.</param>
/// <param name="isa">Its vectors.</param>
/// <param name="code">Its instructions.</param>
/// <param name="scratch">The memory.</param>
/// <param name="values">The first row of values.</param>
/// <param name="toIndices">
/// How many rows behind a value its row number stands, by which equal values are ordered; null where there are only values.
/// </param>
sealed class SortingNetwork(IlBuffer il, Isa isa, VectorCode code, ScratchSpace scratch, int values, int? toIndices)
{
    /// <summary>Sorts rows that are in no order.</summary>
    public void SortDescending(int firstRow, int rows, int t)
    {
        // Runs of 2, 4 … of alternating direction, until there is one.
        var (run, distance) = (il.Local(typeof(int)), il.Local(typeof(int)));
        Set(run, 2);
        var next = il.Target();
        il.Mark(next);
        Shift(run, OpCodes.Shr, distance);
        Passes(distance, firstRow, rows, run, t);
        Shift(run, OpCodes.Shl, run);
        il.Load(run);
        il.Emit(OpCodes.Ldc_I4, rows);
        il.Branch(OpCodes.Ble, next);
        il.Release(run);
        il.Release(distance);
    }

    /// <summary>Sorts rows that ascend and then descend.</summary>
    public void MergeAscending(int firstRow, int rows, int t)
    {
        var distance = il.Local(typeof(int));
        Set(distance, rows / 2);
        Passes(distance, firstRow, rows, null, t);
        il.Release(distance);
    }

    /// <summary>
    /// Compares rows at a distance and exchanges them, for the distances from the given one down to 1 by halves: ascending, or where a
    /// length of runs is given ascending in every other run, beginning with the second.
    /// </summary>
    void Passes(IlLocal distance, int firstRow, int rows, IlLocal? run, int t)
    {
        var (row, low, high) = (il.Local(typeof(int)), il.Local(typeof(nint)), il.Local(typeof(nint)));
        var (nextPass, nextRow, skip) = (il.Target(), il.Target(), il.Target());
        il.Mark(nextPass);
        Set(row, 0);
        il.Mark(nextRow);
        BranchIfCommon(row, distance, skip);
        PushRow(null);
        il.Store(low);
        PushRow(distance);
        il.Store(high);
        if (run is not null)
        {
            var ascending = il.Target();
            BranchIfCommon(row, run, ascending);
            il.Load(low);
            il.Load(high);
            il.Store(low);
            il.Store(high);
            il.Mark(ascending);
        }

        Exchange(low, high);
        il.Mark(skip);
        il.Load(row);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(OpCodes.Add);
        il.Store(row);
        il.Load(row);
        il.Emit(OpCodes.Ldc_I4, rows);
        il.Branch(OpCodes.Blt, nextRow);
        Shift(distance, OpCodes.Shr, distance);
        il.Load(distance);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Branch(OpCodes.Bgt, nextPass);
        foreach (var local in new[] { row, low, high }) il.Release(local);

        void PushRow(IlLocal? plus)
        {
            il.Load(scratch.Base);
            il.PushAddress(new Component(values + firstRow), scratch.RowBytes, (long)t * isa.VectorBytes);
            il.Load(row);
            if (plus is not null) il.Load(plus);
            if (plus is not null) il.Emit(OpCodes.Add);
            il.Emit(OpCodes.Conv_I);
            il.Offset(scratch.RowBytes);
            il.Emit(OpCodes.Mul);
            il.Emit(OpCodes.Add);
        }
    }

    /// <summary>The smaller value, or of equal ones that of the lower row number, to the first address, lane by lane.</summary>
    void Exchange(IlLocal low, IlLocal high)
    {
        using var t = new VectorTerms(il, isa, code);
        var (a, b) = (At(low, 0), At(high, 0));
        if (toIndices is not { } rows)
        {
            Put(low, 0, t.Of(OpCode.Min, a, b));
            Put(high, 0, t.Of(OpCode.Max, a, b));
            return;
        }

        var toIndex = rows * scratch.RowBytes;
        var (rowA, rowB) = (At(low, toIndex), At(high, toIndex));
        var isEarlier = t.Of(OpCode.And, t.Of(OpCode.Equal, a, b), IsLess(rowB, rowA));
        var swap = t.Of(OpCode.Or, t.Of(OpCode.LessThan, b, a), isEarlier);
        Put(low, 0, t.Select(swap, b, a));
        Put(high, 0, t.Select(swap, a, b));
        Put(low, toIndex, t.Select(swap, rowB, rowA));
        Put(high, toIndex, t.Select(swap, rowA, rowB));

        VectorTerm IsLess(VectorTerm x, VectorTerm y)
        {
            t.Push(x);
            il.Call(isa.Reinterpret(toIntegers: true));
            t.Push(y);
            il.Call(isa.Reinterpret(toIntegers: true));
            il.Call(isa.Any("LessThan", 2, integers: true));
            il.Call(isa.Reinterpret(toIntegers: false));
            return t.Pop();
        }

        VectorTerm At(IlLocal address, int displacement)
        {
            PushDisplaced(address, displacement);
            code.Load();
            return t.Pop();
        }

        void Put(IlLocal address, int displacement, VectorTerm value)
        {
            PushDisplaced(address, displacement);
            t.Push(value);
            code.Store();
        }
    }

    void PushDisplaced(IlLocal address, int displacement)
    {
        il.Load(address);
        if (displacement == 0) return;
        il.Offset(displacement);
        il.Emit(OpCodes.Add);
    }

    void BranchIfCommon(IlLocal number, IlLocal bit, IlTarget target)
    {
        il.Load(number);
        il.Load(bit);
        il.Emit(OpCodes.And);
        il.Emit(OpCodes.Ldc_I4_0);
        il.Branch(OpCodes.Bne_Un, target);
    }

    void Set(IlLocal local, int number)
    {
        il.Emit(OpCodes.Ldc_I4, number);
        il.Store(local);
    }

    void Shift(IlLocal from, System.Reflection.Emit.OpCode shift, IlLocal to)
    {
        il.Load(from);
        il.Emit(OpCodes.Ldc_I4_1);
        il.Emit(shift);
        il.Store(to);
    }
}
