using Distributed.Keops.Kernels.Formulas.Operations;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Formulas by operators and methods, named as in formula strings.</summary>
public sealed partial class Formula
{
    /// <summary>A variable.</summary>
    public static Formula Var(int index, int dim, Category category) => Create(Leaves.Var, [], [index, dim, (int)category]);

    /// <summary>A variable.</summary>
    public static Formula Var(Variable variable) => Var(variable.Index, variable.Dim, variable.Category);

    /// <summary>An integer.</summary>
    public static Formula IntCst(int value) => Create(Leaves.IntCst, [], [value]);

    /// <summary>A quotient of integers.</summary>
    public static Formula Rational(int numerator, int denominator) => Create(Leaves.RatCst, [], [numerator, denominator]);

    /// <summary>A vector of zeros.</summary>
    public static Formula Zero(int dim) => Create(Leaves.Zero, [], [dim]);

    /// <summary>Whether this is a vector of zeros by construction.</summary>
    public bool IsZero => Operation == Leaves.Zero;

    /// <summary>The variable that this formula is; null when it is no variable.</summary>
    public Variable? AsVariable => Operation == Leaves.Var ? new Variable(Parameters[0], Parameters[1], (Category)Parameters[2]) : null;

    /// <summary>a + b.</summary>
    public static Formula operator +(Formula a, Formula b) => Create(Arithmetic.Add, [a, b], []);

    /// <summary>a − b.</summary>
    public static Formula operator -(Formula a, Formula b) => Create(Arithmetic.Subtract, [a, b], []);

    /// <summary>a · b, component by component.</summary>
    public static Formula operator *(Formula a, Formula b) => Create(Arithmetic.Mult, [a, b], []);

    /// <summary>a / b, component by component.</summary>
    public static Formula operator /(Formula a, Formula b) => Create(Arithmetic.Divide, [a, b], []);

    /// <summary>−a.</summary>
    public static Formula operator -(Formula a) => Create(Arithmetic.Minus, [a], []);

    /// <summary>The scalar product.</summary>
    public static Formula operator |(Formula a, Formula b) => a.Scalprod(b);

#pragma warning disable CS1591 // The methods below are the operations of the formula language: docs/formulas.md describes each.
    public Formula Scalprod(Formula other) => Create(Arithmetic.Scalprod, [this, other], []);
    public Formula Exp() => Create(Elementary.Exp, [this], []);
    public Formula Log() => Create(Elementary.Log, [this], []);
    public Formula Cos() => Create(Elementary.Cos, [this], []);
    public Formula Sin() => Create(Elementary.Sin, [this], []);
    public Formula Sqrt() => Create(Elementary.Sqrt, [this], []);
    public Formula Rsqrt() => Create(Elementary.Rsqrt, [this], []);
    public Formula Square() => Create(Elementary.Square, [this], []);
    public Formula Inv() => Create(Elementary.Inv, [this], []);
    public Formula Abs() => Create(Elementary.Abs, [this], []);
    public Formula Sign() => Create(Elementary.Sign, [this], []);
    public Formula Step() => Create(Elementary.Step, [this], []);
    public Formula ReLU() => Create(Elementary.ReLU, [this], []);
    public Formula Floor() => Create(Elementary.Floor, [this], []);
    public Formula Power(int exponent) => Create(Elementary.Pow, [this], [exponent]);
    public Formula ClampInt(int lower, int upper) => Create(Elementary.ClampInt, [this], [lower, upper]);
    public Formula Powf(Formula exponent) => Create(Comparisons.Powf, [this, exponent], []);
    public Formula LessThan(Formula other) => Create(Comparisons.LessThan, [this, other], []);
    public Formula LessOrEqual(Formula other) => Create(Comparisons.LessOrEqual, [this, other], []);
    public Formula Sum() => Create(Vectors.Sum, [this], []);
    public Formula SumT(int dim) => Create(Vectors.SumT, [this], [dim]);
    public Formula SqNorm2() => Create(Vectors.SqNorm2, [this], []);
    public Formula SqDist(Formula other) => Create(Vectors.SqDist, [this, other], []);
    public Formula WeightedSqNorm(Formula x) => Create(Vectors.WeightedSqNorm, [this, x], []);
    public Formula Extract(int start, int dim) => Create(Vectors.Extract, [this], [start, dim]);
    public Formula ExtractT(int start, int dim) => Create(Vectors.ExtractT, [this], [start, dim]);
    public Formula Concat(Formula other) => Create(Vectors.Concat, [this, other], []);
    public Formula OneHot(int dim) => Create(Vectors.OneHot, [this], [dim]);
    public Formula MatVecMult(Formula vector) => Create(Matrices.MatVecMult, [this, vector], []);
    public Formula VecMatMult(Formula matrix) => Create(Matrices.VecMatMult, [this, matrix], []);
    public Formula TensorProd(Formula other) => Create(Matrices.TensorProd, [this, other], []);
#pragma warning restore CS1591

    /// <summary>Applies an operation by its name in formula strings, as <c>Apply("Mod", [], x, n, d)</c>.</summary>
    /// <exception cref="FormulaException">There is no such operation, or the arguments do not fit.</exception>
    public static Formula Apply(string name, ReadOnlySpan<int> parameters, params ReadOnlySpan<Formula> arguments) =>
        OperationTable.All.TryGetValue(name, out var operation)
            ? Create(operation, [.. arguments], [.. parameters])
            : throw new FormulaException($"Unknown operation '{name}'.");
}
