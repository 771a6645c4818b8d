using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// A reduction, written once: the layout of its state, the empty state, how pairs are taken in, how two states become one, and
/// what the result is. Engines inline <see cref="Accumulate"/> into their inner loops; <see cref="Merge"/> joins blocks,
/// leaves, threads, devices and silos.
/// <code>
/// items ──Accumulate──▶ block state ──Merge──▶ leaf state ──Merge (fixed tree)──▶ state ──Finalize──▶ row of the result
///        element type                 float64, int64
/// </code>
/// Ties go to the left state and the earlier item, that is, to the lowest row number.
/// </summary>
public abstract class Monoid
{
    /// <summary>The groups of the state.</summary>
    public abstract ImmutableArray<StatePart> Parts { get; }

    /// <summary>The results.</summary>
    public abstract ImmutableArray<OutputPart> Outputs { get; }

    /// <summary>
    /// Whether rounding grows with the number of rows taken in, so that engines must move short runs of rows into a state of float64.
    /// </summary>
    public virtual bool RoundsWhileAccumulating => false;

    /// <summary>Whether F is used once for each pair, by adding it.</summary>
    public virtual bool AddsFormula => false;

    /// <summary>
    /// Whether a component of the state takes in an item in several steps that share values of that component alone, as a sum and its
    /// rounding error do: engines then keep these while they work on the component, not for all components at once.
    /// </summary>
    public virtual bool SharesWithinComponents => false;

    /// <summary>
    /// For a state that is a list of items for each component of F: how many a list has. Such lists do not know each other:
    /// <see cref="Guard"/> and <see cref="Accumulate"/> are those of a single list and a single component. They take items in one by one,
    /// and are merged by taking in the other's items in order. 0 for every other reduction.
    /// </summary>
    public virtual int Entries => 0;

    /// <summary>The state after <paramref name="items"/>, which stand in ascending order of their row numbers.</summary>
    public abstract ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items);

    /// <summary>
    /// A comparison that tells rare items from common ones: where it is false, <see cref="AccumulateCommon"/> gives the same state as
    /// <see cref="Accumulate"/>. Null when all items are alike.
    /// </summary>
    public virtual Value? Guard(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) => null;

    /// <summary>The state after items for which <see cref="Guard"/> is false; the state
    /// itself unless the reduction says otherwise.</summary>
    public virtual ImmutableArray<Value> AccumulateCommon(
        ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) => state;

    /// <summary>The state of everything <paramref name="left"/> took in followed by everything <paramref name="right"/> did.</summary>
    /// <exception cref="InvalidOperationException">The state is a list (<see cref="Entries"/>): it has no merge of its own.</exception>
    public virtual ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        throw new InvalidOperationException("A state that is a list is merged by taking in the other's entries.");

    /// <summary>
    /// A formula whose sum over the same rows has the derivatives of this reduction, the result being a constant in it; null where the
    /// result alone does not tell them.
    /// </summary>
    /// <param name="formula">F.</param>
    /// <param name="weight">The second formula, where the reduction has one.</param>
    /// <param name="result">A row of the reduction's result; null where nobody kept it.</param>
    /// <exception cref="FormulaException">The result is needed and null, or of another dimension.</exception>
    public virtual Formula? Linearize(Formula formula, Formula? weight, Formula? result) => null;

    /// <summary>The results' values, row numbers of nothing still −1.</summary>
    public abstract ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state);

    /// <summary>The number of 8-byte words of one row's state between blocks.</summary>
    public int Words => Parts.Sum(p => p.Length);
}
