using System.Collections.Immutable;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>Variables and constants.</summary>
static class Leaves
{
    /// <summary>An argument of the formula: index, dimension, category.</summary>
    public static readonly Operation Var = new()
    {
        Name = "Var",
        Arity = 0,
        Parameters = ["index", "dim", "category"],
        Dim = (_, p) => p[1] >= 1
            ? p[2] is >= 0 and <= 2 ? p[1] : throw new FormulaException($"Category {p[2]} of a variable: expected 0 (i), 1 (j) or 2 (parameter).")
            : throw new FormulaException($"Dimension {p[1]} of a variable: expected at least 1."),
        Lower = (_, _, _) => throw new InvalidOperationException("Variables are given, not lowered."),
    };

    /// <summary>An integer.</summary>
    public static readonly Operation IntCst = new()
    {
        Name = "IntCst",
        Arity = 0,
        Parameters = ["value"],
        Dim = (_, _) => 1,
        Simplify = (_, p) => p[0] == 0 ? Formula.Zero(1) : null,
        Lower = (b, f, _) => b.Constant(f.Parameters[0]),
    };

    /// <summary>A quotient of integers, in full precision.</summary>
    public static readonly Operation RatCst = new()
    {
        Name = "RatCst",
        Arity = 0,
        Parameters = ["numerator", "denominator"],
        Dim = (_, p) => p[1] != 0 ? 1 : throw new FormulaException("RatCst with denominator 0: division by zero."),
        Simplify = (_, p) => Reduced(p[0], p[1]),
        Lower = (b, f, _) => b.Constant((double)f.Parameters[0] / f.Parameters[1]),
    };

    /// <summary>1/n.</summary>
    public static readonly Operation IntInv = Define.Alias("IntInv", 0, ["value"], (_, p) => Formula.Rational(1, p[0]));

    /// <summary>A vector of zeros.</summary>
    public static readonly Operation Zero = new()
    {
        Name = "Zero",
        Arity = 0,
        Parameters = ["dim"],
        Dim = (_, p) => p[0] >= 1 ? p[0] : throw new FormulaException($"Zero({p[0]}): expected a dimension of at least 1."),
        Lower = (b, f, _) => b.Broadcast(b.Constant(0), f.Dim),
    };

    public static readonly ImmutableArray<Operation> All = [Var, IntCst, RatCst, IntInv, Zero];

    /// <summary>A constant's value as a quotient.</summary>
    public static (long Numerator, long Denominator)? ValueOf(Formula formula) =>
        formula.Operation == IntCst ? (formula.Parameters[0], 1)
        : formula.Operation == RatCst ? (formula.Parameters[0], formula.Parameters[1])
        : formula.Operation == Zero && formula.Dim == 1 ? (0, 1)
        : null;

    /// <summary>The constant for a quotient, null when it does not fit the integers of a formula.</summary>
    public static Formula? Constant(long numerator, long denominator)
    {
        var divisor = (long)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator) * Math.Sign(denominator);
        (numerator, denominator) = (numerator / divisor, denominator / divisor);
        if (numerator is < int.MinValue or > int.MaxValue || denominator > int.MaxValue) return null;
        return denominator == 1 ? Formula.IntCst((int)numerator) : Formula.Rational((int)numerator, (int)denominator);
    }

    static Formula? Reduced(int numerator, int denominator)
    {
        var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(numerator, denominator);
        return denominator == 1 ? Formula.IntCst(numerator)
            : divisor > 1 || denominator < 0 ? Constant(numerator, denominator)
            : null;
    }
}
