using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>A group of components of a reduction's state.</summary>
/// <param name="Name">What it holds, as in the field's papers: <c>max</c>, <c>sum</c>, <c>argmin</c> …</param>
/// <param name="Length">The number of components.</param>
/// <param name="Type">Numbers or row numbers.</param>
/// <param name="Identity">The value of every component before anything is taken in; −1 for a row number: none.</param>
/// <param name="Stays">
/// Whether a block's state keeps it when the rest is moved into a wider state and starts again: a maximum, which need not be found again.
/// </param>
public sealed record StatePart(string Name, int Length, ComponentType Type, double Identity, bool Stays = false);

/// <summary>One result of a reduction.</summary>
/// <param name="Name">The column name, such as <c>sum</c> or <c>argmin</c>.</param>
/// <param name="Type">Numbers or row numbers (int64).</param>
/// <param name="Rank">How many values a component of the formula has: K for the K-min family, 0 otherwise (no axis of its own).</param>
/// <param name="Dim">The number of components.</param>
public sealed record OutputPart(string Name, ComponentType Type, int Rank, int Dim)
{
    /// <summary>The number of values in one row of the result.</summary>
    public int Length => Math.Max(1, Rank) * Dim;
}

/// <summary>What a reduction takes in for one pair.</summary>
/// <param name="Formula">The value of F.</param>
/// <param name="Weight">The value of the second formula, where the reduction has one.</param>
/// <param name="Index">The number of the reduced row.</param>
public readonly record struct Item(Value Formula, Value? Weight, Value Index);
