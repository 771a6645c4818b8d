using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>The common shapes of entries, so that an entry says only what is its own.</summary>
static class Define
{
    /// <summary>An operation on one formula, component by component.</summary>
    /// <param name="name">The name in formula strings.</param>
    /// <param name="lower">The value of a component.</param>
    /// <param name="gradient">(x, f) ↦ f′(x), or null for a derivative that is zero.</param>
    /// <param name="simplify">A simpler formula, or null.</param>
    public static Operation Unary(
        string name, Func<ProgramBuilder, Value, Value> lower, Func<Formula, Formula, Formula>? gradient, Func<Formula, Formula?>? simplify = null) => new()
        {
            Name = name,
            Arity = 1,
            Dim = (a, _) => a[0].Dim,
            Simplify = simplify is null ? null : (a, _) => simplify(a[0]),
            Gradient = (f, _, e) => gradient is null ? Formula.Zero(f.Arguments[0].Dim) : e * gradient(f.Arguments[0], f),
            Lower = (b, _, a) => lower(b, a[0]),
        };

    /// <summary>An operation on several formulas, component by component, dimension 1 being broadcast.</summary>
    /// <param name="name">The name in formula strings.</param>
    /// <param name="arity">How many formulas.</param>
    /// <param name="lower">The value of a component.</param>
    /// <param name="gradient">(f, k, e) ↦ e times the derivative by argument k, before components of a broadcast argument are summed; null for zero.</param>
    /// <param name="simplify">A simpler formula, or null.</param>
    public static Operation Broadcast(
        string name,
        int arity,
        Func<ProgramBuilder, ImmutableArray<Value>, Value> lower,
        Func<Formula, int, Formula, Formula>? gradient,
        Func<ImmutableArray<Formula>, Formula?>? simplify = null) => new()
        {
            Name = name,
            Arity = arity,
            Dim = (a, _) => BroadcastDim(name, a),
            Simplify = simplify is null ? null : (a, _) => simplify(a),
            Gradient = (f, k, e) => gradient is null ? Formula.Zero(f.Arguments[k].Dim) : SumTo(gradient(f, k, e), f.Arguments[k].Dim),
            Lower = (b, f, a) => b.Broadcast(lower(b, a), f.Dim),
        };

    /// <summary>An operation that is another formula under a shorter name.</summary>
    public static Operation Alias(
        string name, int arity, ImmutableArray<string> parameters, Func<ImmutableArray<Formula>, ImmutableArray<int>, Formula> meaning) => new()
        {
            Name = name,
            Arity = arity,
            Parameters = parameters,
            Dim = (a, p) => meaning(a, p).Dim,
            Simplify = (a, p) => meaning(a, p),
            Lower = (_, _, _) => throw new InvalidOperationException($"{name} is replaced by its meaning when it is built."),
        };

    /// <summary>Sums a cotangent over the components that a broadcast argument was repeated to.</summary>
    public static Formula SumTo(Formula cotangent, int dim) => dim == 1 && cotangent.Dim > 1 ? cotangent.Sum() : cotangent;

    static int BroadcastDim(string name, ImmutableArray<Formula> arguments)
    {
        var dim = 1;
        foreach (var argument in arguments)
        {
            if (argument.Dim == 1) continue;
            if (dim != 1 && dim != argument.Dim)
                throw new FormulaException($"{name} of dimensions {string.Join(" and ", arguments.Select(a => a.Dim))}: expected equal dimensions, or 1.");
            dim = argument.Dim;
        }

        return dim;
    }
}
