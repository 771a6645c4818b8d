using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>Functions of one number. Values and derivatives at the edges are KeOps' conventions: Rsqrt(0) = 0, hence Sqrt′(0) = 0; ReLU′(0) = 1.</summary>
static class Elementary
{
    static readonly Formula Half = Formula.Rational(1, 2);
    static readonly Formula One = Formula.IntCst(1);

    public static readonly Operation Exp = Define.Unary("Exp", (b, x) => b.Exp(x), (_, f) => f, x => x.IsZero && x.Dim == 1 ? One : null);

    public static readonly Operation Log = Define.Unary("Log", (b, x) => b.Log(x), (x, _) => x.Inv());

    public static readonly Operation XLogX = Define.Unary(
        "XLogX", (b, x) => b.Select(b.Equal(x, b.Constant(0)), b.Constant(0), b.Multiply(x, b.Log(x))), (x, _) => x.Log() + One);

    public static readonly Operation Cos = Define.Unary("Cos", (b, x) => b.Cos(x), (x, _) => -x.Sin());

    public static readonly Operation Sin = Define.Unary("Sin", (b, x) => b.Sin(x), (x, _) => x.Cos());

    public static readonly Operation SinXDivX = Define.Unary(
        "SinXDivX", (b, x) => b.Select(b.Equal(x, b.Constant(0)), b.Constant(1), b.Divide(b.Sin(x), x)),
        (x, _) => x.Cos() / x - x.Sin() / x.Square());

    public static readonly Operation Asin = Define.Unary("Asin", (b, x) => b.Asin(x), (x, _) => (One - x.Square()).Rsqrt());

    public static readonly Operation Acos = Define.Unary("Acos", (b, x) => b.Acos(x), (x, _) => -(One - x.Square()).Rsqrt());

    public static readonly Operation Atan = Define.Unary("Atan", (b, x) => b.Atan(x), (x, _) => (One + x.Square()).Inv());

    public static readonly Operation Sqrt = Define.Unary("Sqrt", (b, x) => b.Sqrt(x), (x, _) => Half * x.Rsqrt(), Same);

    public static readonly Operation Rsqrt = Define.Unary(
        "Rsqrt", (b, x) => b.Select(b.Equal(x, b.Constant(0)), b.Constant(0), b.ReciprocalSqrt(x)), (_, f) => -Half * f.Power(3), Same);

    public static readonly Operation Square = Define.Unary("Square", (b, x) => b.Square(x), (x, _) => Formula.IntCst(2) * x, Same);

    public static readonly Operation Inv = Define.Unary(
        "Inv", (b, x) => b.Reciprocal(x), (_, f) => -f.Square(),
        x => x.IsZero ? throw new FormulaException("Division by the constant zero.")
            : Leaves.ValueOf(x) is { } c ? Leaves.Constant(c.Denominator, c.Numerator) : null);

    public static readonly Operation Abs = Define.Unary("Abs", (b, x) => b.Abs(x), (x, _) => x.Sign(), Same);

    public static readonly Operation Sign = Define.Unary(
        "Sign",
        (b, x) => b.Select(b.LessThan(b.Constant(0), x), b.Constant(1), b.Select(b.LessThan(x, b.Constant(0)), b.Constant(-1), b.Constant(0))),
        null, Same);

    public static readonly Operation Step = Define.Unary(
        "Step", (b, x) => b.Select(b.LessThan(x, b.Constant(0)), b.Constant(0), b.Constant(1)), null);

    public static readonly Operation ReLU = Define.Unary(
        "ReLU", (b, x) => b.Select(b.LessThan(x, b.Constant(0)), b.Constant(0), x), (x, _) => x.Step(), Same);

    public static readonly Operation Floor = Define.Unary("Floor", (b, x) => b.Floor(x), null, Same);

    /// <summary>x^n for a whole n.</summary>
    public static readonly Operation Pow = new()
    {
        Name = "Pow",
        Arity = 1,
        Parameters = ["exponent"],
        Dim = (a, _) => a[0].Dim,
        Simplify = (a, p) => p[0] == 1 ? a[0] : p[0] == 2 ? a[0].Square() : p[0] == -1 ? a[0].Inv() : null,
        Gradient = (f, _, e) => e * (Formula.IntCst(f.Parameters[0]) * f.Arguments[0].Power(f.Parameters[0] - 1)),
        Lower = (b, f, v) => b.Power(v[0], f.Parameters[0]),
    };

    /// <summary>x rounded to d decimals, halves away from zero.</summary>
    public static readonly Operation Round = new()
    {
        Name = "Round",
        Arity = 1,
        Parameters = ["decimals"],
        Dim = (a, _) => a[0].Dim,
        Gradient = (f, _, _) => Formula.Zero(f.Dim),
        Lower = (b, f, v) =>
        {
            if (f.Parameters[0] == 0) return AwayFromZero(b, v[0]);
            var scale = b.Constant(Math.Pow(10, f.Parameters[0]));
            return b.Divide(AwayFromZero(b, b.Multiply(v[0], scale)), scale);
        },
    };

    /// <summary>x no less than a and no more than b.</summary>
    public static readonly Operation ClampInt = new()
    {
        Name = "ClampInt",
        Arity = 1,
        Parameters = ["lower", "upper"],
        Dim = (a, _) => a[0].Dim,
        Gradient = (f, _, e) => e * (Formula.IntCst(f.Parameters[0]).LessOrEqual(f.Arguments[0]) * f.Arguments[0].LessOrEqual(Formula.IntCst(f.Parameters[1]))),
        Lower = (b, f, v) =>
        {
            var (lower, upper) = (b.Constant(f.Parameters[0]), b.Constant(f.Parameters[1]));
            return b.Select(b.LessThan(v[0], lower), lower, b.Select(b.LessThan(upper, v[0]), upper, v[0]));
        },
    };

    public static readonly ImmutableArray<Operation> All =
    [
        Exp, Log, XLogX, Cos, Sin, SinXDivX, Asin, Acos, Atan, Sqrt, Rsqrt, Square, Inv, Abs, Sign, Step, ReLU, Floor, Pow, Round, ClampInt,
    ];

    // Functions that leave zero as it is.
    static Formula? Same(Formula x) => x.IsZero ? x : null;

    static Value AwayFromZero(ProgramBuilder b, Value x)
    {
        var whole = b.Truncate(x);
        var step = b.Select(b.LessThan(x, b.Constant(0)), b.Constant(-1), b.Constant(1));
        return b.Select(b.LessOrEqual(b.Constant(0.5), b.Abs(b.Subtract(x, whole))), b.Add(whole, step), whole);
    }
}
