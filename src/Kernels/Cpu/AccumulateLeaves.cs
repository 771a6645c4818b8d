using System.Collections.Immutable;
using System.Reflection.Emit;
using Distributed.Keops.Kernels.Programs;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// What an accumulation reads: the states of some of the tile's i-vectors, and the items of some of the tile's rows, from component
/// <paramref name="first"/> on.
/// </summary>
sealed class AccumulateLeaves(
    IlBuffer il,
    VectorCode code,
    StateCells state,
    CellEmitter items,
    ImmutableArray<Value> outputs,
    IlLocal index,
    int firstVector,
    int firstCopy,
    Component first) : ILeafSource
{
    public bool IsLeaf(Value value) => value.Op == OpCode.Input;

    public void Push(Value value, Component component, int j, int t)
    {
        var input = value.Input;
        switch (input.Kind)
        {
            case InputKind.State:
                state.Push(input.Slot, component, firstVector + t);
                break;
            case InputKind.Item:
                // An item of a list is one number: whichever component of F the list belongs to.
                var which = first.Loop is null ? component + first.Offset : first;
                items.Push(outputs[input.Slot], which, firstCopy + input.Copy, firstVector + t);
                break;
            default:
                il.Load(index);
                il.Int(firstCopy + input.Copy);
                il.Emit(OpCodes.Add);
                code.Index();
                break;
        }
    }

    public void AddBreaks(Value value, int shift, SortedSet<int> breaks)
    {
        if (value.Input.Kind == InputKind.Item) items.AddBreaks(outputs[value.Input.Slot], shift, breaks);
    }
}
