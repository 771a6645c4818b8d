using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Variables and constants.</summary>
public sealed partial class Formula
{
    /// <summary>The variable at a place of the argument list; a negative index is a placeholder that is never given.</summary>
    public static Formula Var(int index, int dim, Category category) => Create(Leaves.Var, [], [index, dim, (int)category]);

    /// <summary>A variable.</summary>
    public static Formula Var(Variable variable) => Var(variable.Index, variable.Dim, variable.Category);

    /// <summary>A variable with one row per i.</summary>
    public static Formula Vi(int index, int dim) => Var(index, dim, Category.I);

    /// <summary>A variable with one row per j.</summary>
    public static Formula Vj(int index, int dim) => Var(index, dim, Category.J);

    /// <summary>A parameter.</summary>
    public static Formula Pm(int index, int dim) => Var(index, dim, Category.Parameter);

    /// <summary>An integer, of dimension 1.</summary>
    public static Formula IntCst(int number) => Create(Leaves.IntCst, [], [number]);

    /// <summary>The quotient of two integers, of dimension 1, exact to double precision.</summary>
    public static Formula RatCst(int numerator, int denominator) => Create(Leaves.RatCst, [], [numerator, denominator]);

    /// <summary>A vector of zeros.</summary>
    public static Formula Zero(int dim) => Create(Leaves.Zero, [], [dim]);

    /// <summary>A vector of ones.</summary>
    internal static Formula One(int dim) => IntCst(1).SumT(dim);

    /// <summary>The basis vector number <paramref name="k"/> of dimension <paramref name="dim"/>.</summary>
    internal static Formula Basis(int dim, int k) => IntCst(1).ElemT(dim, k);

    /// <summary>Whether every component is zero by definition.</summary>
    public bool IsZero => Operation == Leaves.Zero;

    /// <summary>The variable that this formula is, or null when it is anything else.</summary>
    public Variable? AsVariable =>
        Operation == Leaves.Var ? new Variable(Parameters[0], Parameters[1], (Category)Parameters[2]) : null;

    /// <summary>The constant that this formula of dimension 1 is, or null when it is anything else.</summary>
    internal Rational? AsRational =>
        Operation == Leaves.IntCst ? new Rational(Parameters[0], 1)
        : Operation == Leaves.RatCst ? new Rational(Parameters[0], Parameters[1])
        : IsZero && Dim == 1 ? new Rational(0, 1)
        : null;

    internal bool IsNumber(int number) => AsRational is { } r && r.Numerator == number && r.Denominator == 1;
}
