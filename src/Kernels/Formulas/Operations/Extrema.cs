using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>The largest and smallest component, where it stands, and a vector with one at a place.</summary>
static class Extrema
{
    public static readonly Operation Max = Extremum("Max", (b, x) => b.Largest(x), f => f.ArgMax());

    public static readonly Operation Min = Extremum("Min", (b, x) => b.Smallest(x), f => f.ArgMin());

    public static readonly Operation ArgMax = Place("ArgMax", (b, x) => b.Largest(x));

    public static readonly Operation ArgMin = Place("ArgMin", (b, x) => b.Smallest(x));

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
            return b.Indicator(b.Equal(place, Places(b, f.Dim)));
        },
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Max, Min, ArgMax, ArgMin, OneHot];

    /// <summary>The gradient goes to the first component that is extremal.</summary>
    static Operation Extremum(string name, Func<ProgramBuilder, Value, Value> best, Func<Formula, Formula> place) => new()
    {
        Name = name,
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? a[0] : null,
        Gradient = (f, _, e) => e * place(f.Arguments[0]).OneHot(f.Arguments[0].Dim),
        Lower = (b, _, v) => best(b, v[0]),
    };

    /// <summary>
    /// The first place that holds the extremal component; 0 where NaN, which equals nothing, is the first component and so the result.
    /// </summary>
    static Operation Place(string name, Func<ProgramBuilder, Value, Value> best) => new()
    {
        Name = name,
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? Formula.Zero(1) : null,
        Gradient = (f, _, _) => Formula.Zero(f.Arguments[0].Dim),
        Lower = (b, _, v) =>
        {
            var none = b.Constant(v[0].Length);
            var place = b.Smallest(b.Select(b.Equal(v[0], best(b, v[0])), Places(b, v[0].Length), none));
            return b.Select(b.LessThan(place, none), place, b.Constant(0));
        },
    };

    static Value Places(ProgramBuilder b, int dim) => b.Concat([.. Enumerable.Range(0, dim).Select(k => b.Constant(k))]);
}
