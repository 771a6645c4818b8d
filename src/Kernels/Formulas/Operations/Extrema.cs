using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>The largest and smallest component, where it stands, and a vector with one at a place.</summary>
static class Extrema
{
    public static readonly Operation Max = Extremum("Max", (b, x, best) => b.Max(x, best), f => f.ArgMax());

    public static readonly Operation Min = Extremum("Min", (b, x, best) => b.Min(x, best), f => f.ArgMin());

    public static readonly Operation ArgMax = Place("ArgMax", (b, x, best) => b.LessThan(best, x));

    public static readonly Operation ArgMin = Place("ArgMin", (b, x, best) => b.LessThan(x, best));

    public static readonly Operation OneHot = new()
    {
        Name = "OneHot",
        Arity = 1,
        Parameters = ["dim"],
        Dim = (a, p) => a[0].Dim == 1 ? p[0] : throw new FormulaException($"OneHot of dimension {a[0].Dim}: expected 1."),
        Gradient = (_, _, _) => Formula.Zero(1),
        // Places that do not exist give a vector of zeros.
        Lower = (b, f, v) =>
        {
            var place = b.Truncate(b.Add(v[0], b.Constant(0.5)));
            Value[] places = [.. Enumerable.Range(0, f.Dim).Select(k => b.Constant(k))];
            return b.Indicator(b.Equal(place, b.Concat(places)));
        },
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Max, Min, ArgMax, ArgMin, OneHot];

    /// <summary>The gradient goes to the first component that is extremal.</summary>
    static Operation Extremum(string name, Func<ProgramBuilder, Value, Value, Value> better, Func<Formula, Formula> place) => new()
    {
        Name = name,
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? a[0] : null,
        Gradient = (f, _, e) => e * place(f.Arguments[0]).OneHot(f.Arguments[0].Dim),
        Lower = (b, _, v) =>
        {
            var best = b.Extract(v[0], 0, 1);
            for (var k = 1; k < v[0].Length; k++) best = better(b, b.Extract(v[0], k, 1), best);
            return best;
        },
    };

    /// <summary>The comparison is strict, so that the first of equal components wins.</summary>
    static Operation Place(string name, Func<ProgramBuilder, Value, Value, Value> better) => new()
    {
        Name = name,
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? Formula.Zero(1) : null,
        Gradient = (f, _, _) => Formula.Zero(f.Arguments[0].Dim),
        Lower = (b, _, v) =>
        {
            var (best, place) = (b.Extract(v[0], 0, 1), b.Constant(0));
            for (var k = 1; k < v[0].Length; k++)
            {
                var x = b.Extract(v[0], k, 1);
                var wins = better(b, x, best);
                best = b.Select(wins, x, best);
                place = b.Select(wins, b.Constant(k), place);
            }

            return place;
        },
    };
}
