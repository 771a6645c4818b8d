using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>Comparisons (1 or 0), choices, and the other functions of several numbers.</summary>
static class Comparisons
{
    public static readonly Operation LessThan = Define.Broadcast("LessThan", 2, (b, v) => b.Indicator(b.LessThan(v[0], v[1])), null);

    public static readonly Operation LessOrEqual = Define.Broadcast("LessOrEqual", 2, (b, v) => b.Indicator(b.LessOrEqual(v[0], v[1])), null);

    public static readonly Operation Equal = Define.Broadcast("Equal", 2, (b, v) => b.Indicator(b.Equal(v[0], v[1])), null);

    public static readonly Operation NotEqual = Define.Broadcast(
        "NotEqual", 2, (b, v) => b.Select(b.Equal(v[0], v[1]), b.Constant(0), b.Constant(1)), null);

    /// <summary>x ≥ 0 ? a : b; b for NaN.</summary>
    public static readonly Operation IfElse = Define.Broadcast(
        "IfElse", 3, (b, v) => b.Select(b.LessOrEqual(b.Constant(0), v[0]), v[1], v[2]),
        (f, k, e) => k switch
        {
            0 => Formula.Zero(f.Dim),
            1 => Formula.Zero(1).LessOrEqual(f.Arguments[0]) * e,
            _ => (Formula.IntCst(1) - Formula.Zero(1).LessOrEqual(f.Arguments[0])) * e,
        });

    /// <summary>x &lt; a ? a : (x &gt; b ? b : x). The derivative is that of a + (b − a)·clamp((x − a)/(b − a), 0, 1).</summary>
    public static readonly Operation Clamp = Define.Broadcast(
        "Clamp", 3, (b, v) => b.Select(b.LessThan(v[0], v[1]), v[1], b.Select(b.LessThan(v[2], v[0]), v[2], v[0])),
        (f, k, e) =>
        {
            var (x, a, b) = (f.Arguments[0], f.Arguments[1], f.Arguments[2]);
            var u = (x - a) / (b - a);
            var inside = Formula.Zero(1).LessOrEqual(u) * u.LessOrEqual(Formula.IntCst(1));
            var clamped = u.ClampInt(0, 1);
            return e * k switch
            {
                0 => inside,
                1 => Formula.IntCst(1) - clamped + inside * ((x - b) / (b - a)),
                _ => clamped - inside * u,
            };
        });

    /// <summary>x − n·⌊(x − d)/n⌋.</summary>
    public static readonly Operation Mod = Define.Broadcast(
        "Mod", 3, (b, v) => b.Subtract(v[0], b.Multiply(v[1], b.Floor(b.Divide(b.Subtract(v[0], v[2]), v[1])))),
        (f, k, e) => k switch
        {
            0 => e,
            1 => -(((f.Arguments[0] - f.Arguments[2]) / f.Arguments[1]).Floor() * e),
            _ => Formula.Zero(f.Dim),
        });

    /// <summary>x^y for real y.</summary>
    public static readonly Operation Powf = Define.Broadcast(
        "Powf", 2, (b, v) => b.Pow(v[0], v[1]),
        (f, k, e) => k == 0
            ? e * (f.Arguments[1] * f.Arguments[0].Powf(f.Arguments[1] - Formula.IntCst(1)))
            : e * (f.Arguments[0].Log() * f));

    /// <summary>The angle of the point with ordinate x and abscissa y.</summary>
    public static readonly Operation Atan2 = Define.Broadcast(
        "Atan2", 2, (b, v) => b.Atan2(v[0], v[1]),
        (f, k, e) =>
        {
            var scaled = e / (f.Arguments[0].Square() + f.Arguments[1].Square());
            return k == 0 ? scaled * f.Arguments[1] : -(scaled * f.Arguments[0]);
        });

    public static readonly ImmutableArray<Operation> All = [LessThan, LessOrEqual, Equal, NotEqual, IfElse, Clamp, Mod, Powf, Atan2];
}
