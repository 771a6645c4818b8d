using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Powers and roots.</summary>
static class Powers
{
    public static readonly Operation Square = Elementary.PointWise(
        "Square",
        (b, x) => b.Square(x),
        (_, x, e) => 2 * (x * e),
        x => x.IsZero ? x
            : x.Operation == Arithmetic.Minus ? x.Arguments[0].Square()
            : x.AsRational is { } r ? (r * r).ToFormula()
            : null);

    public static readonly Operation Pow = new()
    {
        Name = "Pow",
        Arity = 1,
        IsPointWise = true,
        Parameters = ["n"],
        Dim = (a, p) => p[0] > int.MinValue ? a[0].Dim : throw new FormulaException($"The exponent {p[0]} has no opposite."),
        Simplify = (a, p) => p[0] switch
        {
            -1 => a[0].Inv(),
            0 => Formula.One(a[0].Dim),
            1 => a[0],
            2 => a[0].Square(),
            _ => null,
        },
        Gradient = (f, _, e) => f.Parameters[0] * (f.Arguments[0].Pow(f.Parameters[0] - 1) * e),
        Lower = (b, f, v) => b.Power(v[0], f.Parameters[0]),
    };

    public static readonly Operation Powf = new()
    {
        Name = "Powf",
        Arity = 2,
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Powf", a),
        Gradient = (f, k, e) =>
        {
            var (x, y) = (f.Arguments[0], f.Arguments[1]);
            return (k == 0 ? e * (y * x.Powf(y - 1)) : e * (x.Log() * f)).Fit(f.Arguments[k].Dim);
        },
        Lower = (b, _, v) => b.Pow(v[0], v[1]),
    };

    public static readonly Operation Inv = Elementary.PointWise(
        "Inv",
        (b, x) => b.Reciprocal(x),
        (f, _, e) => -(e * f.Square()),
        x => x.IsZero ? throw new FormulaException("Division by zero.")
            : x.Operation == Inv ? x.Arguments[0]
            : x.AsRational is { } r ? (new Rational(1, 1) / r).ToFormula()
            : null);

    public static readonly Operation Sqrt = Elementary.PointWise(
        "Sqrt", (b, x) => b.Sqrt(x), (_, x, e) => Formula.RatCst(1, 2) * (e * x.Rsqrt()), x => x.IsZero ? x : null);

    // 0 at 0, which makes the gradients of √ and of norms 0 there.
    public static readonly Operation Rsqrt = Elementary.PointWise(
        "Rsqrt",
        (b, x) => b.Select(b.Equal(x, b.Constant(0)), b.Constant(0), b.ReciprocalSqrt(x)),
        (f, _, e) => Formula.RatCst(-1, 2) * (e * f.Pow(3)),
        x => x.IsZero ? x : null);

    public static readonly ImmutableArray<FormulaFunction> All = [Square, Pow, Powf, Inv, Sqrt, Rsqrt];
}
