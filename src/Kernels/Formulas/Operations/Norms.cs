using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Scalar products, norms and distances.</summary>
static class Norms
{
    public static readonly Operation Scalprod = new()
    {
        Name = "Scalprod",
        Arity = 2,
        Infix = new("|", Infix.ScalarProduct),
        Dim = (a, _) => Math.Min(1, Broadcasting.Dim("Scalprod", a)),
        Simplify = (a, _) => SimplifyScalprod(a[0], a[1]),
        Gradient = (f, k, e) => e * f.Arguments[1 - k],
        Lower = (b, _, v) => b.Sum(b.Multiply(v[0], v[1])),
    };

    public static readonly Operation SqNorm2 = new()
    {
        Name = "SqNorm2",
        Arity = 1,
        Dim = (_, _) => 1,
        Simplify = (a, _) => a[0].Dim == 1 ? a[0].Square() : a[0].IsZero ? Formula.Zero(1)
            : a[0].Operation == Arithmetic.Minus ? a[0].Arguments[0].SqNorm2() : null,
        Gradient = (f, _, e) => 2 * (e * f.Arguments[0]),
        Lower = (b, _, v) => b.Sum(b.Square(v[0])),
    };

    public static readonly Abbreviation Norm2 = Of("Norm2", x => x.SqNorm2().Sqrt());

    // Rsqrt(0) = 0, so the zero vector stays as it is.
    public static readonly Abbreviation Normalize = Of("Normalize", x => x.SqNorm2().Rsqrt() * x);

    public static readonly Abbreviation SqDist = new()
    {
        Name = "SqDist",
        Formulas = 2..2,
        Expand = (a, _) =>
        {
            Broadcasting.Dim("SqDist", a);
            return (a[0] - a[1]).SqNorm2();
        },
    };

    public static readonly Abbreviation WeightedSqNorm = new()
    {
        Name = "WeightedSqNorm",
        Formulas = 2..2,
        Expand = (a, _) => Weighted("WeightedSqNorm", a[0], a[1]),
    };

    public static readonly Abbreviation WeightedSqDist = new()
    {
        Name = "WeightedSqDist",
        Formulas = 3..3,
        Expand = (a, _) =>
        {
            Broadcasting.Dim("WeightedSqDist", [a[1], a[2]]);
            return Weighted("WeightedSqDist", a[0], a[1] - a[2]);
        },
    };

    public static readonly ImmutableArray<FormulaFunction> All =
    [
        Scalprod, SqNorm2, Norm2, Normalize, SqDist, WeightedSqNorm, WeightedSqDist,
        // The three cases of a weighted norm, which KeOps also names.
        Of2("SqNormIso", (s, x) => s * x.SqNorm2()),
        Of2("SqNormDiag", (s, x) => (s * x.Square()).Sum()),
        Of2("SymSqNorm", (s, x) => (s * x.TensorProd(x)).Sum()),
    ];

    static Abbreviation Of(string name, Func<Formula, Formula> expand) => new(
        ) { Name = name, Formulas = 1..1, Expand = (a, _) => expand(a[0]) };

    static Abbreviation Of2(string name, Func<Formula, Formula, Formula> expand) =>
        new() { Name = name, Formulas = 2..2, Expand = (a, _) => expand(a[0], a[1]) };

    static Formula Weighted(string name, Formula s, Formula x) =>
        s.Dim == 1 ? s * x.SqNorm2()
        : s.Dim == x.Dim ? s | x.Square()
        : s.Dim == (long)x.Dim * x.Dim ? x | s.MatVecMult(x)
        : throw new FormulaException($"{name} with weights of dimension {s.Dim}: expected 1, {x.Dim} or {(long)x.Dim * x.Dim}.");

    static Formula? SimplifyScalprod(Formula a, Formula b)
    {
        if (a.IsZero || b.IsZero) return Formula.Zero(1);
        if (a.Dim == 1) return a * b.Sum();
        if (b.Dim == 1) return b * a.Sum();
        if (a.Equals(b)) return a.SqNorm2();
        if (a.Operation == Vectors.SumT) return a.Arguments[0] * b.Sum();
        if (b.Operation == Vectors.SumT) return b.Arguments[0] * a.Sum();
        return null;
    }
}
