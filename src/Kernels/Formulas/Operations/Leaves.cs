using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Variables and constants.</summary>
static class Leaves
{
    public static readonly Operation Var = new()
    {
        Name = "Var",
        Arity = 0,
        Parameters = ["index", "dim", "category"],
        Dim = (_, p) => p[2] is >= 0 and <= 2
            ? p[1]
            : throw new FormulaException($"A variable of category {p[2]}: expected 0 (i), 1 (j) or 2 (parameter)."),
        Lower = (_, f, _) => throw new InvalidOperationException($"The value of {f} is given from outside."),
    };

    public static readonly Operation IntCst = new()
    {
        Name = "IntCst",
        Arity = 0,
        Parameters = ["k"],
        Dim = (_, _) => 1,
        Simplify = (_, p) => p[0] == 0 ? Formula.Zero(1) : null,
        Lower = (b, f, _) => b.Constant(f.Parameters[0]),
    };

    public static readonly Operation RatCst = new()
    {
        Name = "RatCst",
        Arity = 0,
        Parameters = ["p", "q"],
        Dim = (_, p) => p[1] != 0 ? 1 : throw new FormulaException("Division by zero."),
        Simplify = (_, p) => Reduce(p[0], p[1]),
        Lower = (b, f, _) => b.Constant(f.Parameters[0] / (double)f.Parameters[1]),
    };

    public static readonly Operation Zero = new()
    {
        Name = "Zero",
        Arity = 0,
        Parameters = ["dim"],
        Dim = (_, p) => p[0],
        Lower = (b, f, _) => b.Broadcast(b.Constant(0), f.Dim),
    };

    public static readonly Abbreviation IntInv = new()
    {
        Name = "IntInv",
        Formulas = 0..0,
        Parameters = ["q"],
        Expand = (_, p) => Formula.RatCst(1, p[0]),
    };

    public static readonly ImmutableArray<FormulaFunction> All = [Var, IntCst, RatCst, Zero, IntInv];

    static Formula? Reduce(int p, int q)
    {
        var reduced = (new Rational(p, 1) / new Rational(q, 1)).Reduced();
        return reduced.Numerator == p && reduced.Denominator == q && q != 1 ? null
            : reduced.ToFormula() ?? throw new FormulaException($"The constant {p}/{q} does not fit 32-bit integers.");
    }
}
