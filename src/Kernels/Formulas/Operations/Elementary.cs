using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Functions of one number, component by component.</summary>
static class Elementary
{
    public static readonly Operation Exp = PointWise("Exp", (b, x) => b.Exp(x), (f, _, e) => e * f);

    public static readonly Operation Log = PointWise("Log", (b, x) => b.Log(x), (_, x, e) => e / x);

    public static readonly Operation XLogX = PointWise(
        "XLogX",
        (b, x) => b.Select(b.Equal(x, b.Constant(0)), b.Constant(0), b.Multiply(x, b.Log(x))),
        (_, x, e) => e * (x.Log() + 1));

    public static readonly Operation Sin = PointWise("Sin", (b, x) => b.Sin(x), (_, x, e) => e * x.Cos());

    public static readonly Operation Cos = PointWise("Cos", (b, x) => b.Cos(x), (_, x, e) => -(e * x.Sin()));

    public static readonly Operation SinXDivX = PointWise(
        "SinXDivX",
        (b, x) => b.Select(b.Equal(x, b.Constant(0)), b.Constant(1), b.Divide(b.Sin(x), x)),
        (_, x, e) => e * (x.Cos() / x - x.Sin() / x.Square()));

    public static readonly Operation Asin = PointWise("Asin", (b, x) => b.Asin(x), (_, x, e) => e * (1 - x.Square()).Rsqrt());

    public static readonly Operation Acos = PointWise("Acos", (b, x) => b.Acos(x), (_, x, e) => -(e * (1 - x.Square()).Rsqrt()));

    public static readonly Operation Atan = PointWise("Atan", (b, x) => b.Atan(x), (_, x, e) => e / (1 + x.Square()));

    public static readonly Operation Atan2 = new()
    {
        Name = "Atan2",
        Arity = 2,
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Atan2", a),
        Gradient = (f, k, e) =>
        {
            var (y, x) = (f.Arguments[0], f.Arguments[1]);
            return (e * (k == 0 ? x : -y) / (x.Square() + y.Square())).Fit(f.Arguments[k].Dim);
        },
        Lower = (b, _, v) => b.Atan2(v[0], v[1]),
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Exp, Log, XLogX, Sin, Cos, SinXDivX, Asin, Acos, Atan, Atan2];

    /// <summary>An operation of one argument and no parameters; the gradient is (f, x, e) ↦ f′(x)·e.</summary>
    internal static Operation PointWise(
        string name,
        Func<ProgramBuilder, Value, Value> lower,
        Func<Formula, Formula, Formula, Formula> gradient,
        Func<Formula, Formula?>? simplify = null) => new()
    {
        Name = name,
        Arity = 1,
        IsPointWise = true,
        Dim = (a, _) => a[0].Dim,
        Simplify = simplify is null ? null : (a, _) => simplify(a[0]),
        Gradient = (f, _, e) => gradient(f, f.Arguments[0], e),
        Lower = (b, _, v) => lower(b, v[0]),
    };
}
