using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>Sums, products, quotients.</summary>
static class Arithmetic
{
    public static readonly Operation Add = Define.Broadcast(
        "Add", 2, (b, v) => b.Add(v[0], v[1]), (_, _, e) => e,
        a => Rational(a, (x, y) => (x.N * y.D + y.N * x.D, x.D * y.D))
            ?? (a[0].IsZero && a[1].Dim >= a[0].Dim ? a[1]
            : a[1].IsZero && a[0].Dim >= a[1].Dim ? a[0]
            : a[0].Equals(a[1]) ? Formula.IntCst(2) * a[0]
            : a[1].Operation == Minus ? a[0] - a[1].Arguments[0]
            : null));

    public static readonly Operation Subtract = Define.Broadcast(
        "Subtract", 2, (b, v) => b.Subtract(v[0], v[1]), (_, k, e) => k == 0 ? e : -e,
        a => Rational(a, (x, y) => (x.N * y.D - y.N * x.D, x.D * y.D))
            ?? (a[1].IsZero && a[0].Dim >= a[1].Dim ? a[0]
            : a[0].IsZero && a[1].Dim >= a[0].Dim ? -a[1]
            : a[0].Equals(a[1]) ? Formula.Zero(a[0].Dim)
            : a[1].Operation == Minus ? a[0] + a[1].Arguments[0]
            : null));

    public static readonly Operation Mult = Define.Broadcast(
        "Mult", 2, (b, v) => b.Multiply(v[0], v[1]), (f, k, e) => e * f.Arguments[1 - k],
        a => Rational(a, (x, y) => (x.N * y.N, x.D * y.D))
            ?? (a[0].IsZero || a[1].IsZero ? Formula.Zero(Math.Max(a[0].Dim, a[1].Dim))
            : IsInteger(a[0], 1) ? a[1]
            : IsInteger(a[1], 1) ? a[0]
            : IsInteger(a[0], -1) ? -a[1]
            : IsInteger(a[1], -1) ? -a[0]
            : a[0].Equals(a[1]) ? a[0].Square()
            : a[0].Operation == Minus && a[1].Operation == Minus ? a[0].Arguments[0] * a[1].Arguments[0]
            : null));

    public static readonly Operation Divide = Define.Broadcast(
        "Divide", 2, (b, v) => b.Divide(v[0], v[1]),
        (f, k, e) => k == 0 ? e / f.Arguments[1] : -(e * f / f.Arguments[1]),
        a => a[1].IsZero ? throw new FormulaException("Division by the constant zero.")
            : Rational(a, (x, y) => (x.N * y.D, x.D * y.N))
            ?? (a[0].IsZero ? Formula.Zero(Math.Max(a[0].Dim, a[1].Dim))
            : IsInteger(a[1], 1) ? a[0]
            : IsInteger(a[0], 1) ? a[1].Inv()
            : null));

    public static readonly Operation Minus = Define.Unary(
        "Minus", (b, x) => b.Negate(x), (_, _) => Formula.IntCst(-1),
        x => x.Operation == Minus ? x.Arguments[0]
            : x.IsZero ? x
            : Leaves.ValueOf(x) is { } c ? Leaves.Constant(-c.Numerator, c.Denominator)
            : null);

    /// <summary>The scalar product <c>x | y</c>.</summary>
    public static readonly Operation Scalprod = new()
    {
        Name = "Scalprod",
        Arity = 2,
        Dim = (a, _) => a[0].Dim == a[1].Dim || a[0].Dim == 1 || a[1].Dim == 1
            ? 1
            : throw new FormulaException($"A scalar product of dimensions {a[0].Dim} and {a[1].Dim}: expected equal dimensions, or 1."),
        Simplify = (a, _) => a[0].IsZero || a[1].IsZero ? Formula.Zero(1)
            : a[0].Dim == 1 && a[1].Dim == 1 ? a[0] * a[1]
            : a[0].Dim == 1 ? a[0] * a[1].Sum()
            : a[1].Dim == 1 ? a[0].Sum() * a[1]
            : a[0].Equals(a[1]) ? a[0].SqNorm2()
            : null,
        Gradient = (f, k, e) => e * f.Arguments[1 - k],
        Lower = (b, _, v) => b.Sum(b.Multiply(v[0], v[1])),
    };

    public static readonly ImmutableArray<Operation> All = [Add, Subtract, Mult, Divide, Minus, Scalprod];

    static bool IsInteger(Formula formula, int value) => formula.Operation == Leaves.IntCst && formula.Parameters[0] == value;

    static Formula? Rational(ImmutableArray<Formula> a, Func<(long N, long D), (long N, long D), (long N, long D)> function)
    {
        if (Leaves.ValueOf(a[0]) is not { } x || Leaves.ValueOf(a[1]) is not { } y) return null;
        var (numerator, denominator) = function(x, y);
        return Leaves.Constant(numerator, denominator);
    }
}
