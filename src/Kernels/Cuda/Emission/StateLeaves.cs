using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>What a fragment of a reduction reads: states, and the items that are taken in.</summary>
/// <param name="State">The state that takes in, or the left one.</param>
/// <param name="Other">The right state's components; null where there is none.</param>
/// <param name="Items">The items; null where there are none.</param>
sealed record StateLeaves(StateCells State, Func<int, At, string>? Other, IItems? Items) : ILeaves
{
    public bool IsLeaf(Value value) => value.Op == OpCode.Input;

    public string Component(Value value, At at)
    {
        var (kind, slot, copy) = value.Input;
        return kind switch
        {
            InputKind.State => State.Component(slot, at),
            InputKind.OtherState => Other!(slot, at),
            InputKind.Item => Items!.Component(slot, copy, at),
            InputKind.ItemIndex => Items!.Index(copy),
            _ => throw new InvalidOperationException($"A reduction reads no {kind}."),
        };
    }

    public void AddBreaks(Value value, int shift, List<int> breaks)
    {
        if (value.Input.Kind == InputKind.Item) Items!.AddBreaks(value.Input.Slot, value.Input.Copy, shift, breaks);
    }

    public void EndComponent() => Items?.EndComponent();
}

/// <summary>The items that a fragment takes in.</summary>
interface IItems
{
    /// <summary>The expression of a component of an item.</summary>
    string Component(int slot, int copy, At at);

    /// <summary>The expression of the reduced row's number.</summary>
    string Index(int copy);

    /// <summary>As in <see cref="ILeaves.AddBreaks"/>.</summary>
    void AddBreaks(int slot, int copy, int shift, List<int> breaks);

    /// <summary>As in <see cref="ILeaves.EndComponent"/>.</summary>
    void EndComponent();
}
