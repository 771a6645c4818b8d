using System.Collections.Immutable;
using System.Reflection.Emit;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits what is done once a row rather than once a pair: the slower stages of a program, and merging and finalizing states. Inputs
/// and outputs stand by component, 64 rows each; a kernel walks the vectors of one such tile.
/// </summary>
sealed class RowKernelEmitter : ILeafSource
{
    readonly Isa _isa;
    readonly IlBuffer _il = new(KernelMethod.MaxCalls);
    readonly VectorCode _code;
    readonly int _unroll;
    readonly Func<Value, (InputKind From, int Offset)?> _locate;
    readonly IlLocal _in;
    readonly IlLocal _other;
    readonly IlLocal _out;
    readonly IlLocal _parameters;
    readonly ScratchSpace _scratch;
    readonly int _rowBytes;
    Component _list;
    Component _entry;
    StateCells? _listState;
    int _entries;
    int _indexOffset;

    RowKernelEmitter(int width, ElementType type, int unroll, Func<Value, (InputKind From, int Offset)?> locate)
    {
        _isa = Isa.Get(width, type);
        (_unroll, _locate) = (unroll, locate);
        _code = new VectorCode(_il, _isa);
        _rowBytes = KernelArguments.TileRows * type.Size();
        _in = KernelMethod.Argument(_il, nameof(KernelArguments.I));
        _other = KernelMethod.Argument(_il, nameof(KernelArguments.Other));
        _out = KernelMethod.Argument(_il, nameof(KernelArguments.State));
        _parameters = KernelMethod.Argument(_il, nameof(KernelArguments.Parameters));
        _scratch = new ScratchSpace(KernelMethod.Argument(_il, nameof(KernelArguments.Scratch)), _rowBytes);
    }

    /// <summary>Emits a stage of a hoisted program; rows of <paramref name="kind"/>
    /// come by component in the order of their slots.</summary>
    public static RowKernel Stage(
        HoistedProgram hoisted, Program stage, InputKind kind, ImmutableArray<int> offsets, int width, ElementType type) =>
        Emit(width, type, stage, value =>
        {
            if (value.Op == OpCode.Input)
            {
                return value.Input.Kind == kind && kind != InputKind.Parameter
                    ? (InputKind.State, offsets[value.Input.Slot])
                    : (InputKind.Parameter, hoisted.ParameterOffsets[value.Input.Slot]);
            }

            // The stage's own outputs are what it computes; a slower stage's are given.
            return kind != InputKind.Parameter && value.Rate <= Rate.Parameter && hoisted.TryGetOffset(value, out var offset)
                ? (InputKind.Parameter, offset)
                : null;
        });

    /// <summary>Emits the merge of two leaf states, into the left one.</summary>
    public static RowKernel Merge(ReductionProgram program, int width)
    {
        if (program.Monoid.Entries > 0) return MergeEntries(program, width);
        return Emit(width, ElementType.Float64, program.Merge, StateLocator(program.Monoid.Parts), program.Monoid.Parts);
    }

    /// <summary>Emits the results of leaf states.</summary>
    public static RowKernel Finalize(ReductionProgram program, int width) =>
        Emit(width, ElementType.Float64, program.Finalize, StateLocator(program.Monoid.Parts));

    public bool IsLeaf(Value value) => value.Op == OpCode.Input || _locate(value) is not null;

    public void Push(Value value, Component component, int j, int t)
    {
        if (value is { Op: OpCode.Input, Input.Kind: InputKind.Item or InputKind.ItemIndex })
        {
            PushEntry(value);
            return;
        }

        if (_listState is not null)
        {
            _listState.Push(value.Input.Slot, component, 0);
            return;
        }

        var (from, offset) = _locate(value)!.Value;
        if (from == InputKind.Parameter)
        {
            _il.Load(_parameters);
            _il.PushAddress(component, _isa.Type.Size(), (long)offset * _isa.Type.Size());
            _code.Broadcast();
            return;
        }

        PushRow(from == InputKind.OtherState ? _other : _in, component + offset);
    }

    static RowKernel Emit(
        int width, ElementType type, Program program, Func<Value, (InputKind From, int Offset)?> locate,
        ImmutableArray<StatePart>? inPlace = null)
    {
        foreach (var unroll in KernelMethod.MayFit(program) ? [16, 4, 1] : Array.Empty<int>())
        {
            var emitter = new RowKernelEmitter(width, type, unroll, locate);
            try
            {
                emitter.EmitVectors(() =>
                {
                    var cells = emitter.Cells(program);
                    cells.EmitKept();
                    if (inPlace is { } parts) emitter.State(parts).Assign(cells, program.Outputs, 0);
                    else emitter.StoreOutputs(cells, program);
                });
            }
            catch (KernelTooLargeException)
            {
                continue;
            }

            if (KernelMethod.Fits(emitter._il)) return emitter.Compile();
        }

        return inPlace is null
            ? RowKernel.OfSteps(program, width, type, locate)
            : throw new InvalidOperationException("Unreachable: loops over components merge states of any length.");
    }

    /// <summary>The right-hand list's entries, first to last, are taken in like items.</summary>
    static RowKernel MergeEntries(ReductionProgram program, int width)
    {
        var parts = program.Monoid.Parts;
        var takeEntry = program.Merge;
        var emitter = new RowKernelEmitter(width, ElementType.Float64, 16, StateLocator(parts));
        emitter.EmitVectors(() =>
        {
            var entries = program.Monoid.Entries;
            var lists = new ComponentLoop(emitter._il, 0, parts[0].Length / entries, descending: false);
            var loop = new ComponentLoop(emitter._il, 0, entries, descending: false);
            (emitter._list, emitter._entry) = (new Component(0, lists), new Component(0, loop));
            (emitter._entries, emitter._indexOffset) = (entries, parts[0].Length);
            var state = emitter.State(parts).List(emitter._list, entries);
            emitter._listState = state;
            var (take, full) = (emitter._il.Target(), emitter._il.Target());
            emitter.EmitGuard(program.Guard(1)!, take);
            // Entries ascend: where none goes into any row's list, none behind it does.
            emitter._il.Branch(OpCodes.Br, full);
            emitter._il.Mark(take);
            var cells = emitter.Cells(takeEntry);
            cells.EmitKept();
            state.Assign(cells, takeEntry.Outputs, 0);
            loop.End();
            emitter._il.Mark(full);
            lists.End();
        });
        return emitter.Compile();
    }

    void EmitGuard(Program guard, IlTarget take)
    {
        var cells = Cells(guard);
        cells.EmitKept();
        foreach (var operand in guard.Outputs[0].Operands) cells.Push(operand, new Component(0), 0, 0);
        _code.AnyLessThan();
        _il.Branch(OpCodes.Brtrue, take);
        cells.Release();
    }

    void PushEntry(Value value)
    {
        _il.Load(_other);
        _il.PushAddress(_list, _entries * _rowBytes, 0);
        _il.PushAddress(_entry + (value.Input.Kind == InputKind.ItemIndex ? _indexOffset : 0), _rowBytes, 0);
        _code.Load();
    }

    static Func<Value, (InputKind From, int Offset)?> StateLocator(ImmutableArray<StatePart> parts)
    {
        var offsets = new int[parts.Length];
        for (var p = 1; p < parts.Length; p++) offsets[p] = offsets[p - 1] + parts[p - 1].Length;
        return value => value.Op == OpCode.Input && value.Input.Kind is InputKind.State or InputKind.OtherState
            ? (value.Input.Kind, offsets[value.Input.Slot]) : null;
    }

    CellEmitter Cells(Program program) => new(
        _il, _isa, _code, program, new Materialization(program, IsLeaf, _ => 1, _unroll), this, _scratch, 1, 1, _unroll);

    StateCells State(ImmutableArray<StatePart> parts) => new(_il, _isa, _code, parts, _out, 1, inMemory: true);

    void StoreOutputs(CellEmitter cells, Program program)
    {
        var offset = 0;
        foreach (var output in program.Outputs)
        {
            var first = offset;
            cells.ForEachComponent(output.Length, [output], descending: false, component =>
            {
                PushRowAddress(_out, component + first);
                cells.Push(output, component, 0, 0);
                _code.Store();
            });
            offset += output.Length;
        }
    }

    void PushRow(IlLocal address, Component component)
    {
        PushRowAddress(address, component);
        _code.Load();
    }

    void PushRowAddress(IlLocal address, Component component)
    {
        _il.Load(address);
        _il.PushAddress(component, _rowBytes, 0);
    }

    void EmitVectors(Action body)
    {
        var top = _il.Target();
        var left = KernelMethod.Argument(_il, nameof(KernelArguments.Rows));
        _il.Mark(top);
        body();
        foreach (var address in new[] { _in, _other, _out, _scratch.Base })
        {
            _il.Load(address);
            _il.Offset(_isa.VectorBytes);
            _il.Emit(OpCodes.Add);
            _il.Store(address);
        }

        _il.Load(left);
        _il.Offset(_isa.Lanes);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Sub);
        _il.Store(left);
        _il.Load(left);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Branch(OpCodes.Bgt, top);
        _il.Emit(OpCodes.Ret);
    }

    RowKernel Compile() => new(KernelMethod.Create("keops_rows", _il), _scratch.Rows);
}
