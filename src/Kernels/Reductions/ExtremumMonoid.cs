using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Reductions;

/// <summary>
/// The smallest or largest value of each component and, where asked for, the first row that has it. NaN never wins a comparison.
/// </summary>
sealed class ExtremumMonoid : Monoid
{
    readonly bool _largest;
    readonly bool _values;
    readonly bool _indices;

    public ExtremumMonoid(bool largest, bool values, bool indices, int dim)
    {
        (_largest, _values, _indices) = (largest, values, indices);
        var name = largest ? "max" : "min";
        var value = new StatePart(name, dim, ComponentType.Element, largest ? double.NegativeInfinity : double.PositiveInfinity);
        var index = new StatePart("arg" + name, dim, ComponentType.Index, -1);
        Parts = indices ? [value, index] : [value];
        var outputs = ImmutableArray.CreateBuilder<OutputPart>();
        if (values) outputs.Add(new(name, ComponentType.Element, 0, dim));
        if (indices) outputs.Add(new("arg" + name, ComponentType.Index, 0, dim));
        Outputs = outputs.ToImmutable();
    }

    public override ImmutableArray<StatePart> Parts { get; }

    public override ImmutableArray<OutputPart> Outputs { get; }

    public override ImmutableArray<Value> Accumulate(ProgramBuilder builder, ImmutableArray<Value> state, ImmutableArray<Item> items) =>
        items.Aggregate(state, (s, item) => Take(builder, s, item.Formula, item.Index));

    public override ImmutableArray<Value> Merge(ProgramBuilder builder, ImmutableArray<Value> left, ImmutableArray<Value> right) =>
        Take(builder, left, right[0], _indices ? right[1] : null);

    // Row numbers do not change where they have derivatives at all; which row a value came from is not told by the value.
    public override Formula? Linearize(Formula formula, Formula? weight, Formula? result) =>
        _values ? null : Formula.Zero(formula.Dim);

    public override ImmutableArray<Value> Finalize(ProgramBuilder builder, ImmutableArray<Value> state) =>
        _values ? state : [state[1]];

    // The state is the second operand: Min and Max give it when the newcomer is NaN.
    ImmutableArray<Value> Take(ProgramBuilder builder, ImmutableArray<Value> state, Value value, Value? index)
    {
        var best = _largest ? builder.Max(value, state[0]) : builder.Min(value, state[0]);
        if (!_indices) return [best];
        var better = _largest ? builder.LessThan(state[0], value) : builder.LessThan(value, state[0]);
        return [best, builder.Select(better, index!, state[1])];
    }
}
