using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// The K smallest values of each component in ascending order, equal ones in the order of their rows. The state is, for
/// each component, a sorted list of K values and one of their rows; places not filled hold +∞ and no row.
/// </summary>
sealed class KMinMonoid : Monoid
{
    readonly int _k;
    readonly int _dim;
    readonly bool _values;
    readonly bool _indices;

    public KMinMonoid(bool values, bool indices, int k, int dim)
    {
        (_k, _dim, _values, _indices) = (k, dim, values, indices);
        var value = new StatePart("kmin", dim * k, ComponentType.Element, double.PositiveInfinity);
        var index = new StatePart("argkmin", dim * k, ComponentType.Index, -1);
        Parts = indices ? [value, index] : [value];
        var outputs = ImmutableArray.CreateBuilder<OutputPart>();
        if (values) outputs.Add(new("kmin", ComponentType.Element, k, dim));
        if (indices) outputs.Add(new("argkmin", ComponentType.Index, k, dim));
        Outputs = outputs.ToImmutable();
    }

    public override ImmutableArray<StatePart> Parts { get; }

    public override ImmutableArray<OutputPart> Outputs { get; }

    public override int Entries => _k;

    public override Value Guard(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items)
    {
        // Min gives its second operand for NaN: a NaN among the items does not hide the others.
        var last = Last(builder, state);
        return builder.LessThan(items.Aggregate(last, (least, item) => builder.Min(item.Formula, least)), last);
    }

    public override ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        items.Aggregate(state, (s, item) => Insert(builder, s, item));

    // Row numbers do not change where they have derivatives at all; which row a value came from is not told by the value.
    public override Formula? Linearize(Formula formula, Formula? weight, Formula? result) =>
        _values ? null : Formula.Zero(_k * formula.Dim);

    public override ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state)
    {
        // Lists by component become, in the result, components by rank.
        ImmutableArray<int> map = [.. from k in Enumerable.Range(0, _k) from d in Enumerable.Range(0, _dim) select d * _k + k];
        var results = ImmutableArray.CreateBuilder<Value>();
        if (_values) results.Add(builder.Gather(state[0], map));
        if (_indices) results.Add(builder.Gather(state[1], map));
        return results.ToImmutable();
    }

    // The lists of the components are alike, and so are their last places.
    Value Last(ProgramBuilder builder, ImmutableArray<Value> state) => builder.Extract(state[0], _k - 1, 1);

    /// <summary>
    /// Place k keeps its entry while that is not above the newcomer, takes the newcomer when the entry before stays, and else takes
    /// the entry before: all places at once, without a search.
    /// </summary>
    ImmutableArray<Value> Insert(ProgramBuilder builder, ImmutableArray<Value> state, Item item)
    {
        var (value, list) = (item.Formula, state[0]);
        var before = Shift(builder, builder.Constant(double.NegativeInfinity), list);
        var moves = builder.LessThan(value, list);
        var movedBefore = builder.LessThan(value, before);
        var values = builder.Select(moves, builder.Select(movedBefore, before, value), list);
        if (!_indices) return [values];
        var (row, rows) = (item.Index, state[1]);
        return [values, builder.Select(moves, builder.Select(movedBefore, Shift(builder, row, rows), row), rows)];
    }

    Value Shift(ProgramBuilder builder, Value first, Value list) =>
        _k == 1 ? first : builder.Concat(first, builder.Extract(list, 0, _k - 1));
}
