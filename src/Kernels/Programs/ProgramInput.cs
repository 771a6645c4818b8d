namespace Distributed.Keops.Kernels.Programs;

/// <summary>Where a value that is given from outside comes from.</summary>
public enum InputKind
{
    /// <summary>A parameter of the call.</summary>
    Parameter,

    /// <summary>The current output row of an i-side variable.</summary>
    I,

    /// <summary>The current reduced row of a j-side variable.</summary>
    J,

    /// <summary>A component group of a reduction's state (the left one in a merge).</summary>
    State,

    /// <summary>A component group of the right-hand state in a merge.</summary>
    OtherState,

    /// <summary>The value of a formula at one of the pairs that an accumulation takes in.</summary>
    Item,

    /// <summary>The reduced row's number at one of these pairs.</summary>
    ItemIndex,
}

/// <summary>The identity of an input.</summary>
/// <param name="Kind">Where it comes from.</param>
/// <param name="Slot">Variable, state group or formula number within its kind.</param>
/// <param name="Copy">Which of several pairs taken in at once; 0 unless an item.</param>
public readonly record struct ProgramInput(InputKind Kind, int Slot, int Copy = 0);
