using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>What treats the components of a vector together: sums, norms, parts, extrema.</summary>
static class Vectors
{
    public static readonly Operation Sum = new()
    {
        Name = "Sum",
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? a[0] : a[0].IsZero ? Formula.Zero(1) : null,
        Gradient = (f, _, e) => e.SumT(f.Arguments[0].Dim),
        Lower = (b, _, v) => b.Sum(v[0]),
    };

    /// <summary>A number repeated.</summary>
    public static readonly Operation SumT = new()
    {
        Name = "SumT",
        Arity = 1,
        Parameters = ["dim"],
        Dim = (a, p) => a[0].Dim == 1 ? p[0] : throw new FormulaException($"SumT repeats a formula of dimension 1, not {a[0].Dim}."),
        Simplify = (a, p) => p[0] == 1 ? a[0] : a[0].IsZero ? Formula.Zero(p[0]) : null,
        Gradient = (_, _, e) => e.Sum(),
        Lower = (b, f, v) => b.Broadcast(v[0], f.Dim),
    };

    public static readonly Operation SqNorm2 = new()
    {
        Name = "SqNorm2",
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? a[0].Square() : a[0].IsZero ? Formula.Zero(1) : null,
        Gradient = (f, _, e) => e * (Formula.IntCst(2) * f.Arguments[0]),
        Lower = (b, _, v) => b.Sum(b.Square(v[0])),
    };

    public static readonly Operation Norm2 = Define.Alias("Norm2", 1, [], (a, _) => a[0].SqNorm2().Sqrt());

    public static readonly Operation Normalize = Define.Alias("Normalize", 1, [], (a, _) => a[0].SqNorm2().Rsqrt() * a[0]);

    public static readonly Operation SqDist = Define.Alias("SqDist", 2, [], (a, _) => (a[0] - a[1]).SqNorm2());

    /// <summary>xᵀSx: S a number, a diagonal or a matrix, by its dimension.</summary>
    public static readonly Operation WeightedSqNorm = Define.Alias("WeightedSqNorm", 2, [], (a, _) =>
    {
        var (s, x) = (a[0], a[1]);
        return s.Dim == 1 ? s * x.SqNorm2()
            : s.Dim == x.Dim ? (s * x.Square()).Sum()
            : s.Dim == x.Dim * x.Dim ? x.Scalprod(s.MatVecMult(x))
            : throw new FormulaException($"Weights of dimension {s.Dim} for a vector of dimension {x.Dim}: expected 1, {x.Dim} or {x.Dim * x.Dim}.");
    });

    public static readonly Operation WeightedSqDist = Define.Alias("WeightedSqDist", 3, [], (a, _) => a[0].WeightedSqNorm(a[1] - a[2]));

    public static readonly Operation Elem = Define.Alias("Elem", 1, ["index"], (a, p) => a[0].Extract(p[0], 1));

    public static readonly Operation ElemT = Define.Alias("ElemT", 1, ["dim", "index"], (a, p) => a[0].Dim == 1
        ? a[0].ExtractT(p[1], p[0])
        : throw new FormulaException($"ElemT places a formula of dimension 1, not {a[0].Dim}."));

    public static readonly Operation Extract = new()
    {
        Name = "Extract",
        Arity = 1,
        Parameters = ["start", "dim"],
        Dim = (a, p) => p[0] >= 0 && p[1] >= 1 && p[0] + p[1] <= a[0].Dim
            ? p[1]
            : throw new FormulaException($"Components {p[0]} to {p[0] + p[1] - 1} of a formula of dimension {a[0].Dim}: they must lie in 0 to {a[0].Dim - 1}."),
        Simplify = (a, p) => p[1] == a[0].Dim ? a[0] : a[0].IsZero ? Formula.Zero(p[1]) : null,
        Gradient = (f, _, e) => e.ExtractT(f.Parameters[0], f.Arguments[0].Dim),
        Lower = (b, f, v) => b.Extract(v[0], f.Parameters[0], f.Dim),
    };

    /// <summary>A vector placed into zeros.</summary>
    public static readonly Operation ExtractT = new()
    {
        Name = "ExtractT",
        Arity = 1,
        Parameters = ["start", "dim"],
        Dim = (a, p) => p[0] >= 0 && p[0] + a[0].Dim <= p[1]
            ? p[1]
            : throw new FormulaException($"{a[0].Dim} components placed from {p[0]} on do not fit into {p[1]}."),
        Simplify = (a, p) => p[1] == a[0].Dim ? a[0] : a[0].IsZero ? Formula.Zero(p[1]) : null,
        Gradient = (f, _, e) => e.Extract(f.Parameters[0], f.Arguments[0].Dim),
        Lower = (b, f, v) =>
        {
            var (before, after) = (f.Parameters[0], f.Dim - f.Parameters[0] - v[0].Length);
            Value[] parts = [.. Zeros(before), v[0], .. Zeros(after)];
            return b.Concat(parts);
            IEnumerable<Value> Zeros(int count) => count == 0 ? [] : [b.Broadcast(b.Constant(0), count)];
        },
    };

    public static readonly Operation Concat = new()
    {
        Name = "Concat",
        Arity = 2,
        Dim = (a, _) => a[0].Dim + a[1].Dim,
        Simplify = (a, _) => a[0].IsZero && a[1].IsZero ? Formula.Zero(a[0].Dim + a[1].Dim) : null,
        Gradient = (f, k, e) => e.Extract(k == 0 ? 0 : f.Arguments[0].Dim, f.Arguments[k].Dim),
        Lower = (b, _, v) => b.Concat(v[0], v[1]),
    };

    /// <summary>1 at component ⌊x + ½⌋ (towards zero), 0 elsewhere; all zeros when there is no such component.</summary>
    public static readonly Operation OneHot = new()
    {
        Name = "OneHot",
        Arity = 1,
        Parameters = ["dim"],
        Dim = (a, p) => a[0].Dim != 1 ? throw new FormulaException($"OneHot takes a formula of dimension 1, not {a[0].Dim}.")
            : p[0] >= 1 ? p[0] : throw new FormulaException($"OneHot({p[0]}): expected a dimension of at least 1."),
        Gradient = (f, _, _) => Formula.Zero(1),
        Lower = (b, f, v) =>
        {
            var index = b.Truncate(b.Add(v[0], b.Constant(0.5)));
            Value[] components = [.. Enumerable.Range(0, f.Dim).Select(k => b.Constant(k))];
            return b.Broadcast(b.Indicator(b.Equal(index, b.Concat(components))), f.Dim);
        },
    };

    public static readonly Operation ArgMax = Extremum("ArgMax", largest: true, index: true);

    public static readonly Operation ArgMin = Extremum("ArgMin", largest: false, index: true);

    public static readonly Operation Max = Extremum("Max", largest: true, index: false);

    public static readonly Operation Min = Extremum("Min", largest: false, index: false);

    public static readonly ImmutableArray<Operation> All =
    [
        Sum, SumT, SqNorm2, Norm2, Normalize, SqDist, WeightedSqNorm, WeightedSqDist, Elem, ElemT, Extract, ExtractT, Concat, OneHot,
        ArgMax, ArgMin, Max, Min,
    ];

    /// <summary>The extremal component or its number, the first of equal ones; the derivative goes to that one alone.</summary>
    static Operation Extremum(string name, bool largest, bool index) => new()
    {
        Name = name,
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim > 1 ? null : index ? Formula.Zero(1) : a[0],
        Gradient = (f, _, e) =>
        {
            var x = f.Arguments[0];
            return index ? Formula.Zero(x.Dim) : e * Formula.Create(largest ? ArgMax! : ArgMin!, [x], []).OneHot(x.Dim);
        },
        Lower = (b, _, v) =>
        {
            var (best, at) = (b.Extract(v[0], 0, 1), b.Constant(0));
            for (var k = 1; k < v[0].Length; k++)
            {
                var value = b.Extract(v[0], k, 1);
                var better = largest ? b.LessThan(best, value) : b.LessThan(value, best);
                (best, at) = (b.Select(better, value, best), b.Select(better, b.Constant(k), at));
            }

            return index ? at : best;
        },
    };
}
