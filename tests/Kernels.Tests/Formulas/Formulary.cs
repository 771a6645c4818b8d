using CsCheck;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>Variables and random formulas for tests.</summary>
static class Formulary
{
    public static readonly AliasList Aliases = AliasList.Parse("x = Vi(3)", "y = Vj(3)", "p = Pm(1)", "s = Vj(1)", "m = Vi(6)");

    public static readonly Formula X = Formula.Vi(0, 3), Y = Formula.Vj(1, 3);

    public static readonly Formula P = Formula.Pm(2, 1), S = Formula.Vj(3, 1), M = Formula.Vi(4, 6);

    public static Formula Parse(string text) => FormulaParser.Parse(text, Aliases);

    /// <summary>Random formulas of dimension 1 or 3, of every operation that is safe for any numbers, and of some that are not.</summary>
    public static readonly Gen<Formula> Any = Gen.Recursive<Formula>((depth, inner) => depth > 5
        ? Leaf
        : Gen.Frequency(
            (2, Leaf),
            (6, Gen.Select(inner, inner, Gen.Int[0, 9]).Select(t => Binary(t.Item1, t.Item2, t.Item3))),
            (6, Gen.Select(inner, Gen.Int[0, 19]).Select(t => Unary(t.Item1, t.Item2))),
            (1, Gen.Select(inner, inner, inner).Select(t => t.Item1.IfElse(t.Item2, t.Item3)))));

    static Gen<Formula> Leaf => Gen.Frequency(
        (6, Gen.Const(new[] { X, Y, P, S }).SelectMany(v => Gen.Int[0, 3].Select(k => v[k]))),
        (2, Gen.Int[-4, 4].Select(Formula.IntCst)),
        (1, Gen.Select(Gen.Int[-4, 4], Gen.Int[1, 5]).Select(t => Formula.RatCst(t.Item1, t.Item2))));

    static Formula Binary(Formula a, Formula b, int which) => which switch
    {
        0 or 1 => a + b,
        2 or 3 => a - b,
        4 or 5 => a * b,
        6 => b.IsZero ? a : a / b,
        7 => a | b,
        8 => a < b,
        _ => a <= b,
    };

    static Formula Unary(Formula a, int which) => which switch
    {
        0 => -a,
        1 => a.Exp(),
        2 => a.Sin(),
        3 => a.Cos(),
        4 => a.Square(),
        5 => a.Abs(),
        6 => a.Sqrt(),
        7 => a.Rsqrt(),
        8 => a.IsZero ? a : a.Inv(),
        9 => a.Pow(3),
        10 => a.ReLU(),
        11 => a.Sum(),
        12 => a.SqNorm2(),
        13 => a.Norm2(),
        14 => a.Elem(a.Dim - 1),
        15 => a.Round(1),
        16 => a.Clamp(-2, 3),
        17 => a.Max(),
        18 => a.SqDist(Y),
        _ => a.Concat(S).Extract(1, a.Dim),
    };
}
