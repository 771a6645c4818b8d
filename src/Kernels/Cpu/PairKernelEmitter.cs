using System.Reflection.Emit;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits the inner loop: for one i-tile and a run of reduced rows, every pair's items are computed and taken into the tile's states.
/// <code>
///   for each group of i-vectors:  load state
///     while rows ≥ J:  items of T × J pairs  →  accumulate for each i-vector
///     while rows ≥ 1:  the same for a single row
///   store state
/// </code>
/// </summary>
sealed class PairKernelEmitter : ILeafSource
{
    const int LongList = 17;

    readonly ReductionProgram _program;
    readonly HoistedProgram _hoisted;
    readonly Isa _isa;
    readonly Schedule _schedule;
    readonly IlBuffer _il = new(KernelMethod.MaxCalls);
    readonly VectorCode _code;
    readonly int _rowBytes;
    readonly IlLocal _i;
    readonly IlLocal _parameters;
    readonly IlLocal[] _j;
    readonly IlLocal? _group;
    readonly int _itemCopies;
    readonly IlLocal _index;
    readonly StateCells _state;
    readonly ScratchSpace _scratch;
    readonly Materialization _places;
    readonly ListBuffer? _lists;

    PairKernelEmitter(ReductionProgram program, Schedule schedule, int itemCopies)
    {
        (_program, _hoisted, _schedule, _itemCopies) = (program, program.Hoisted, schedule, itemCopies);
        _isa = Isa.Get(schedule.Width, program.Type);
        _code = new VectorCode(_il, _isa);
        _rowBytes = KernelArguments.TileRows * program.Type.Size();
        _i = KernelMethod.Argument(_il, nameof(KernelArguments.I));
        _parameters = KernelMethod.Argument(_il, nameof(KernelArguments.Parameters));
        _scratch = new ScratchSpace(KernelMethod.Argument(_il, nameof(KernelArguments.Scratch)), _rowBytes);
        _state = new StateCells(
            _il, _isa, _code, program.Monoid.Parts, KernelMethod.Argument(_il, nameof(KernelArguments.State)),
            schedule.Vectors, schedule.StateInMemory);
        _index = _il.Local(typeof(long));
        var items = itemCopies == 0 ? 0 : _hoisted.Pairs.Outputs.Length;
        _j = [.. Enumerable.Range(0, FirstItem + items).Select(_ => _il.Local(typeof(nint)))];
        if (items > 0) _group = _il.Local(typeof(nint));
        _places = new Materialization(_hoisted.Pairs, IsLeaf, OutputUses, schedule.Unroll);
        _lists = CreateLists();
    }

    // One list of some length; shorter ones, and those of given items, which come a few at a time, take newcomers in at once.
    ListBuffer? CreateLists() =>
        _program.Monoid.Entries >= LongList && _itemCopies == 0 && _hoisted.Pairs.Outputs[0].Length == 1
            ? new(_il, _isa, _code, _scratch, _program.Monoid.Entries, _program.UsesIndices)
            : null;

    /// <summary>Emits the kernel, or null when the JIT would not optimise a method of its size.</summary>
    /// <param name="program">The reduction.</param>
    /// <param name="schedule">How pairs are walked.</param>
    /// <param name="itemCopies">
    /// For a program whose formulas are given items (<see cref="ReductionProgram.OfItems"/>): how many pairs' items of one component
    /// stand one after the other, 64 lanes each. 0 for every other program.
    /// </param>
    public static (Kernel Kernel, int ScratchRows)? Emit(ReductionProgram program, Schedule schedule, int itemCopies = 0)
    {
        var emitter = new PairKernelEmitter(program, schedule, itemCopies);
        try
        {
            emitter.EmitBody();
        }
        catch (KernelTooLargeException)
        {
            return null;
        }

        return KernelMethod.Fits(emitter._il)
            ? (KernelMethod.Create("keops_pairs", emitter._il), emitter._scratch.Rows)
            : null;
    }

    // Behind the j-variables and the computed j values.
    int FirstItem => _hoisted.JDims.Length + 1;

    public bool IsLeaf(Value value) => value.Op == OpCode.Input || _hoisted.TryGetOffset(value, out _);

    public void Push(Value value, Component component, int j, int t)
    {
        var computed = _hoisted.TryGetOffset(value, out var offset);
        var size = _program.Type.Size();
        var rate = computed ? value.Rate : value.Input.Kind switch
        {
            InputKind.I => Rate.I, InputKind.J => Rate.J, InputKind.Item => Rate.IJ, _ => Rate.Parameter,
        };
        switch (rate)
        {
            case Rate.IJ:
                _il.Load(_j[FirstItem + value.Input.Slot]);
                _il.PushAddress(component, _itemCopies * _rowBytes, (long)j * _rowBytes + t * _isa.VectorBytes);
                _code.Load();
                break;
            case Rate.I:
                if (!computed) offset = _hoisted.IOffsets[value.Input.Slot];
                _il.Load(_i);
                _il.PushAddress(component, _rowBytes, (long)offset * _rowBytes + t * _isa.VectorBytes);
                _code.Load();
                break;
            case Rate.J:
                var source = computed ? _hoisted.JDims.Length : value.Input.Slot;
                _il.Load(_j[source]);
                _il.PushAddress(component, size, (long)(computed ? offset : 0) * size + (long)j * Stride(source));
                _code.Broadcast();
                break;
            default:
                if (!computed) offset = _hoisted.ParameterOffsets[value.Input.Slot];
                _il.Load(_parameters);
                _il.PushAddress(component, size, (long)offset * size);
                _code.Broadcast();
                break;
        }
    }

    /// <summary>How often accumulation reads an output: a number needed by many components counts as read often.</summary>
    int OutputUses(Value output)
    {
        var uses = 0;
        for (var slot = 0; slot < _hoisted.Pairs.Outputs.Length; slot++)
        {
            if (_hoisted.Pairs.Outputs[slot] != output) continue;
            foreach (var fragment in new[] { _program.Accumulate(1), _program.Guard(1) })
            {
                foreach (var value in fragment?.Values ?? [])
                {
                    if (value.Operands.Any(o => o.Op == OpCode.Input && o.Input is { Kind: InputKind.Item } i && i.Slot == slot))
                        uses += output.Length < value.Length ? 2 : 1;
                }
            }
        }

        return uses;
    }

    int Stride(int source) => source >= FirstItem ? _rowBytes
        : (source == _hoisted.JDims.Length ? _hoisted.JLength : _hoisted.JDims[source]) * _program.Type.Size();

    void EmitBody()
    {
        var groups = KernelMethod.Argument(_il, nameof(KernelArguments.Groups));
        if (_group is not null)
        {
            _il.Offset(0);
            _il.Store(_group);
        }

        var nextGroup = _il.Target();
        _il.Mark(nextGroup);
        _state.Load();
        for (var t = 0; _lists is not null && t < _schedule.Vectors; t++) _lists.Begin(_state, t);
        for (var s = 0; s < _j.Length; s++)
        {
            if (Stride(s) == 0) continue;
            _il.Argument();
            _il.Field(typeof(KernelArguments).GetField(nameof(KernelArguments.J))!);
            _il.Offset((long)s * nint.Size);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Ldind_I);
            if (s >= FirstItem)
            {
                _il.Load(_group!);
                _il.Emit(OpCodes.Add);
            }

            _il.Store(_j[s]);
        }

        Copy(nameof(KernelArguments.FirstIndex), _index);
        var left = _il.Local(typeof(int));
        Copy(nameof(KernelArguments.Rows), left);
        if (_schedule.Rows > 1) EmitRows(_schedule.Rows, left);
        EmitRows(1, left);
        _state.Store();
        for (var t = 0; _lists is not null && t < _schedule.Vectors; t++) _lists.End(_state, t);
        var step = _schedule.Vectors * _isa.VectorBytes;
        foreach (var address in new[] { _i, _state.Base, _scratch.Base, _group })
        {
            if (address is null) continue;
            _il.Load(address);
            _il.Offset(step);
            _il.Emit(OpCodes.Add);
            _il.Store(address);
        }

        Increment(groups, -1);
        _il.Load(groups);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Branch(OpCodes.Bgt, nextGroup);
        _il.Emit(OpCodes.Ret);
    }

    void EmitRows(int rows, IlLocal left)
    {
        var top = _il.Target();
        var check = _il.Target();
        _il.Branch(OpCodes.Br, check);
        _il.Mark(top);
        EmitTile(rows);
        for (var s = 0; s < _j.Length; s++)
        {
            if (Stride(s) != 0) Increment(_j[s], rows * Stride(s));
        }

        if (_program.UsesIndices) Increment(_index, rows);
        Increment(left, -rows);
        _il.Mark(check);
        _il.Load(left);
        _il.Offset(rows);
        _il.Emit(OpCodes.Conv_I4);
        _il.Branch(OpCodes.Bge, top);
    }

    void EmitTile(int rows)
    {
        var items = new CellEmitter(_il, _isa, _code, _hoisted.Pairs, _places, this, _scratch, rows, _schedule.Vectors, _schedule.Unroll);
        items.EmitKept();
        // States in memory are updated for all vectors at once, so that reduced rows are read once; others stay in their registers.
        var together = _schedule.StateInMemory && _program.Monoid.Entries == 0 ? _schedule.Vectors : 1;
        for (var t = 0; t < _schedule.Vectors; t += together)
        {
            if (_lists is not null) EmitLongLists(_lists, items, rows, t);
            else if (_program.Monoid.Entries > 0) EmitLists(items, rows, t);
            else if (_program.Guard(rows) is { } guard) EmitGuarded(guard, items, rows, t, together);
            else EmitAccumulate(_program.Accumulate(rows), items, t, together, 0);
        }

        items.Release();
    }

    /// <summary>One test for the rows of the tile; what it lets through is taken in fully.</summary>
    void EmitGuarded(Program guard, CellEmitter items, int rows, int firstVector, int vectors)
    {
        var (rare, common, end) = (_il.Target(), _il.Target(), _il.Target());
        for (var t = 0; t < vectors; t++) EmitGuard(guard, Leaves(items, firstVector + t, 0), rare);
        _il.Branch(OpCodes.Br, common);
        _il.Mark(rare);
        EmitAccumulate(_program.Accumulate(rows), items, firstVector, vectors, 0);
        _il.Branch(OpCodes.Br, end);
        _il.Mark(common);
        EmitAccumulate(_program.AccumulateCommon(rows), items, firstVector, vectors, 0);
        _il.Mark(end);
    }

    /// <summary>
    /// For each component of F a test for the rows of the tile; those that pass a test of their own are inserted into the component's list.
    /// </summary>
    void EmitLists(CellEmitter items, int rows, int vector)
    {
        var formula = _hoisted.Pairs.Outputs[0];
        items.ForEachComponent(formula.Length, [formula], descending: false, component =>
        {
            var list = _state.List(component, _program.Monoid.Entries);
            AccumulateLeaves Of(int copy) => new(_il, _code, list, items, _hoisted.Pairs.Outputs, _index, vector, copy, component);
            var (rare, end) = (_il.Target(), _il.Target());
            EmitGuard(_program.Guard(rows)!, Of(0), rare);
            _il.Branch(OpCodes.Br, end);
            _il.Mark(rare);
            for (var copy = 0; copy < rows; copy++)
            {
                var (take, next) = (_il.Target(), _il.Target());
                if (rows > 1) EmitGuard(_program.Guard(1)!, Of(copy), take);
                if (rows > 1) _il.Branch(OpCodes.Br, next);
                _il.Mark(take);
                EmitAccumulate(_program.Accumulate(1), Of(copy), list, vector, 1);
                _il.Mark(next);
            }

            _il.Mark(end);
        });
    }

    /// <summary>The same with one test for the tile, after which whatever passes a test of its own waits for the next sort.</summary>
    void EmitLongLists(ListBuffer lists, CellEmitter items, int rows, int vector)
    {
        var formula = _hoisted.Pairs.Outputs[0];
        var end = _il.Target();
        // The last entry is the second operand of every minimum, which is what it gives for NaN.
        for (var copy = rows - 1; copy >= 0; copy--) items.Push(formula, new Component(0), copy, vector);
        lists.PushLast(vector);
        for (var copy = 0; copy < rows; copy++) _code.Operation(OpCode.Min);
        lists.PushLast(vector);
        _code.AnyLessThan();
        _il.Branch(OpCodes.Brfalse, end);
        for (var copy = 0; copy < rows; copy++)
        {
            var row = copy;
            lists.Append(() => items.Push(formula, new Component(0), row, vector), _index, row, vector);
        }

        lists.SortWhenFull(vector);
        _il.Mark(end);
    }

    void EmitGuard(Program guard, ILeafSource leaves, IlTarget rare)
    {
        var emitter = Fragment(guard, leaves, 1);
        emitter.EmitKept();
        var (left, right) = (guard.Outputs[0].Operands[0], guard.Outputs[0].Operands[1]);
        emitter.ForEachComponent(guard.Outputs[0].Length, [left, right], descending: false, component =>
        {
            emitter.Push(left, component, 0, 0);
            emitter.Push(right, component, 0, 0);
            _code.AnyLessThan();
            _il.Branch(OpCodes.Brtrue, rare);
        });
        emitter.Release();
    }

    void EmitAccumulate(Program fragment, CellEmitter items, int firstVector, int vectors, int firstCopy) =>
        EmitAccumulate(fragment, Leaves(items, firstVector, firstCopy), _state, firstVector, vectors);

    void EmitAccumulate(Program fragment, ILeafSource leaves, StateCells state, int firstVector, int vectors)
    {
        // Parts that do not change need no code.
        if (fragment.Outputs.All(o => o is { Op: OpCode.Input, Input.Kind: InputKind.State })) return;
        var emitter = Fragment(fragment, leaves, vectors);
        emitter.EmitKept();
        state.Assign(emitter, fragment.Outputs, firstVector);
        emitter.Release();
    }

    AccumulateLeaves Leaves(CellEmitter items, int firstVector, int firstCopy) =>
        new(_il, _code, _state, items, _hoisted.Pairs.Outputs, _index, firstVector, firstCopy, new Component(0));

    CellEmitter Fragment(Program fragment, ILeafSource leaves, int vectors) => new(
        _il, _isa, _code, fragment,
        new Materialization(fragment, leaves.IsLeaf, _ => 1, _schedule.Unroll, _program.Monoid.SharesWithinComponents),
        leaves, _scratch, 1, vectors, _schedule.Unroll);

    void Copy(string field, IlLocal local)
    {
        _il.Argument();
        _il.Field(typeof(KernelArguments).GetField(field)!);
        _il.Store(local);
    }

    void Increment(IlLocal local, int by)
    {
        _il.Load(local);
        if (local.Type == typeof(long)) _il.Int(by);
        else _il.Offset(by);
        if (local.Type == typeof(int)) _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Add);
        _il.Store(local);
    }
}
