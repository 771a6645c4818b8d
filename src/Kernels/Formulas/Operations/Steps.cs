using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Functions made of pieces: signs, rounding, clamping.</summary>
static class Steps
{
    public static readonly Operation Abs = Elementary.PointWise(
        "Abs", (b, x) => b.Abs(x), (_, x, e) => e * x.Sign(), x => x.IsZero ? x : null);

    public static readonly Operation Sign = Flat("Sign", (b, x) =>
    {
        var zero = b.Constant(0);
        return b.Select(b.LessThan(zero, x), b.Constant(1), b.Select(b.LessThan(x, zero), b.Constant(-1), zero));
    });

    // Written so that 0, −0 and NaN give 1.
    public static readonly Operation Step = Flat("Step", (b, x) => b.Select(b.LessThan(x, b.Constant(0)), b.Constant(0), b.Constant(1)));

    public static readonly Operation ReLU = Elementary.PointWise(
        "ReLU", (b, x) => b.Select(b.LessThan(x, b.Constant(0)), b.Constant(0), x), (_, x, e) => e * x.Step());

    public static readonly Operation Floor = Flat("Floor", (b, x) => b.Floor(x));

    public static readonly Operation Round = new()
    {
        Name = "Round",
        Arity = 1,
        IsPointWise = true,
        Parameters = ["d"],
        OptionalParameters = 1,
        Dim = (a, p) => p[0] is >= -300 and <= 300 ? a[0].Dim : throw new FormulaException(
            $"Rounding to {p[0]} digits: expected −300 to 300."),
        Gradient = (f, _, _) => Formula.Zero(f.Dim),
        Lower = (b, f, v) =>
        {
            if (f.Parameters[0] == 0) return RoundAway(b, v[0]);
            var scale = b.Constant(Math.Pow(10, f.Parameters[0]));
            return b.Divide(RoundAway(b, b.Multiply(v[0], scale)), scale);
        },
    };

    public static readonly Operation Mod = new()
    {
        Name = "Mod",
        Arity = 3,
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Mod", a),
        Gradient = (f, k, e) => k switch
        {
            0 => e.Fit(f.Arguments[0].Dim),
            1 => (-(e * ((f.Arguments[0] - f.Arguments[2]) / f.Arguments[1]).Floor())).Fit(f.Arguments[1].Dim),
            _ => Formula.Zero(f.Arguments[2].Dim),
        },
        Lower = (b, _, v) => b.Subtract(v[0], b.Multiply(v[1], b.Floor(b.Divide(b.Subtract(v[0], v[2]), v[1])))),
    };

    public static readonly Operation ClampInt = new()
    {
        Name = "ClampInt",
        Arity = 1,
        IsPointWise = true,
        Parameters = ["a", "b"],
        Dim = (a, _) => a[0].Dim,
        Gradient = (f, _, e) => e * Inside(f.Arguments[0], f.Parameters[0], f.Parameters[1]),
        Lower = (b, f, v) => Between(b, v[0], b.Constant(f.Parameters[0]), b.Constant(f.Parameters[1])),
    };

    public static readonly Operation Clamp = new()
    {
        Name = "Clamp",
        Arity = 3,
        IsPointWise = true,
        Dim = (a, _) => Broadcasting.Dim("Clamp", a),
        // The derivative of ClampInt((x−a)/(b−a), 0, 1)·(b−a) + a, which also says what happens where a > b.
        Gradient = (f, k, e) =>
        {
            var (x, a, b) = (f.Arguments[0], f.Arguments[1], f.Arguments[2]);
            var place = (x - a) / (b - a);
            var part = k switch { 0 => (0 <= place) * (place <= 1), 1 => place < 0, _ => 1 < place };
            return (e * part).Fit(f.Arguments[k].Dim);
        },
        Lower = (b, _, v) => Between(b, v[0], v[1], v[2]),
    };

    /// <summary>The derivative of <see cref="ClampInt"/>, which KeOps also names.</summary>
    public static readonly Abbreviation DiffClampInt = new()
    {
        Name = "DiffClampInt",
        Formulas = 1..1,
        Parameters = ["a", "b"],
        Expand = (f, p) => Inside(f[0], p[0], p[1]),
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Abs, Sign, Step, ReLU, Floor, Round, Mod, ClampInt, Clamp, DiffClampInt];

    static Formula Inside(Formula x, int low, int high) => (low <= x) * (x <= high);

    /// <summary>A function whose derivative is 0 wherever it has one.</summary>
    static Operation Flat(string name, Func<ProgramBuilder, Value, Value> lower) =>
        Elementary.PointWise(name, lower, (f, _, _) => Formula.Zero(f.Dim));

    /// <summary>x &lt; low ? low : x &gt; high ? high : x, which passes NaN on.</summary>
    static Value Between(ProgramBuilder b, Value x, Value low, Value high) =>
        b.Select(b.LessThan(x, low), low, b.Select(b.LessThan(high, x), high, x));

    /// <summary>To the nearest integer, halves away from zero. |x| − ⌊|x|⌋ is exact, where |x| + ½ would round.</summary>
    static Value RoundAway(ProgramBuilder b, Value x)
    {
        var size = b.Abs(x);
        var below = b.Floor(size);
        var up = b.LessOrEqual(b.Constant(0.5), b.Subtract(size, below));
        var rounded = b.Add(below, b.Indicator(up));
        return b.Select(b.LessThan(x, b.Constant(0)), b.Negate(rounded), rounded);
    }
}
