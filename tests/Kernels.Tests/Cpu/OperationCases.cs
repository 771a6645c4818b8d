using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>What numbers an operation is tried with.</summary>
enum Numbers
{
    /// <summary>Every edge of the dtype: zeros, infinities, NaN, the smallest and the largest.</summary>
    Edges,

    /// <summary>Zeros, infinities and NaN, and numbers whose squares and products stay finite.</summary>
    Moderate,

    /// <summary>Finite numbers in steps of a quarter: rounding can't move them over a step of the function.</summary>
    Quarters,

    /// <summary>Places from −1 to 5, whole or nearly so.</summary>
    Places,

    /// <summary>Quarters above 0.</summary>
    Positive,
}

/// <summary>How an operation of the formula language is called in tests.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dims">The dimensions of its arguments.</param>
/// <param name="Parameters">Its integer parameters.</param>
/// <param name="Numbers">What it is tried with.</param>
/// <param name="Ulps">The largest error, in units of the last place of the largest number of a result.</param>
sealed record OperationCase(string Name, int[] Dims, int[] Parameters, Numbers Numbers, double Ulps)
{
    /// <summary>Every name of the language but those without arguments and the
    /// derivatives, which are formulas of other operations.</summary>
    public static readonly ImmutableArray<OperationCase> All =
    [
        .. Unary(Numbers.Edges, 1, "Abs", "Minus", "Sign", "Step", "ReLU", "Floor", "Sqrt", "Inv"),
        .. Unary(Numbers.Edges, 3, "Exp", "Log", "Sin", "Cos", "Asin", "Acos", "Atan", "Square", "Rsqrt"),
        .. Unary(Numbers.Moderate, 5, "XLogX", "SinXDivX"),
        .. Binary(Numbers.Edges, 1, "Add", "Subtract", "Mult", "Divide", "Equal", "NotEqual", "LessThan", "LessOrEqual"),
        .. Binary(Numbers.Moderate, 2, "Atan2"),
        .. Binary(Numbers.Moderate, 2, "Powf"),
        Of("IfElse", [1, 1, 1]), Of("IfElse", [3, 1, 3]), Of("Clamp", [1, 1, 1]), Of("Clamp", [3, 3, 1]),
        Of("ClampInt", [2], [-1, 2]), Of("Mod", [1, 1, 1], numbers: Numbers.Quarters), Of("Mod", [3, 1, 1], numbers: Numbers.Quarters),
        Of("Round", [2], [0]), Of("Round", [2], [1], Numbers.Quarters, 3), Of("Round", [1], [-1], Numbers.Quarters, 3),
        .. new[] { -3, -2, -1, 0, 1, 2, 3, 4, 7, 12 }.Select(n => Of("Pow", [2], [n], Numbers.Moderate, 4 + 2 * Math.Abs(n))),
        Of("Sum", [1]), Of("Sum", [5], numbers: Numbers.Moderate, ulps: 6), Of("SumT", [1], [4]), Of("Concat", [2, 3]),
        Of("Extract", [5], [1, 3]), Of("ExtractT", [2], [1, 4]), Of("ExtractT", [2], [0, 4]), Of("ExtractT", [2], [2, 4]),
        Of("Elem", [4], [2]), Of("ElemT", [1], [4, 1]),
        Of("Max", [4], numbers: Numbers.Quarters), Of("Min", [4], numbers: Numbers.Quarters),
        Of("ArgMax", [4], numbers: Numbers.Quarters), Of("ArgMin", [4], numbers: Numbers.Quarters), Of("OneHot", [1], [4], Numbers.Places),
        Of("Scalprod", [3, 3], numbers: Numbers.Quarters, ulps: 8), Of("Scalprod", [3, 1], numbers: Numbers.Quarters, ulps: 8),
        Of("SqNorm2", [3], numbers: Numbers.Moderate, ulps: 8), Of("Norm2", [3], numbers: Numbers.Moderate, ulps: 8),
        Of("Normalize", [3], numbers: Numbers.Moderate, ulps: 8),
        Of("SqDist", [3, 3], numbers: Numbers.Moderate, ulps: 8), Of("SqDist", [1, 3], numbers: Numbers.Moderate, ulps: 8),
        Of("WeightedSqNorm", [1, 3], numbers: Numbers.Quarters, ulps: 8), Of("WeightedSqNorm", [3, 3], numbers: Numbers.Quarters, ulps: 8),
        Of("WeightedSqNorm", [9, 3], numbers: Numbers.Quarters, ulps: 8),
        Of("WeightedSqDist", [3, 3, 3], numbers: Numbers.Quarters, ulps: 8),
        Of("TensorDot", [6, 6], [2, 2, 3, 2, 3, 2, 1, 1, 1, 0, 0], Numbers.Quarters, 8),
        Of("TensorDot", [6, 2], [2, 2, 3, 1, 2, 0, 0, 3, 2, 0, 1], Numbers.Quarters),
        Of("MatVecMult", [6, 3], numbers: Numbers.Quarters, ulps: 8), Of("VecMatMult", [2, 6], numbers: Numbers.Quarters, ulps: 8),
        Of("TensorProd", [2, 3], numbers: Numbers.Quarters), Of("Kron", [4, 2], [2, 2, 2, 2, 1, 2], Numbers.Quarters),
        Of("Complex", [2, 2]), Of("Complex", [1, 2]), .. Complex(1, "ComplexReal", "ComplexImag", "Conj"),
        .. Complex(6, "ComplexAbs", "ComplexSquareAbs", "ComplexSum"),
        Of("ComplexAngle", [4], numbers: Numbers.Moderate, ulps: 2), Of("ComplexExp", [4], numbers: Numbers.Quarters, ulps: 8),
        Of("ComplexSumT", [2], [6]),
        Of("ComplexExp1j", [2], numbers: Numbers.Quarters, ulps: 3), Of("Real2Complex", [2]), Of("Imag2Complex", [2]),
        Of("ComplexAdd", [4, 4]), Of("ComplexAdd", [2, 4]), Of("ComplexSubtract", [4, 2]),
        Of("ComplexMult", [4, 4], numbers: Numbers.Quarters, ulps: 4),
        Of("ComplexDivide", [4, 4], numbers: Numbers.Quarters, ulps: 8), Of("ComplexRealScal", [1, 4], numbers: Numbers.Quarters),
        Of("BSpline", [7, 1], [2], Numbers.Quarters, 16), Of("SoftDTW_SqDist", [3, 3, 1], numbers: Numbers.Positive, ulps: 4000),
        Of("SoftDTW_SqDist", [1, 4, 1], numbers: Numbers.Positive, ulps: 4000),
        Of("SqNormIso", [1, 3], numbers: Numbers.Quarters, ulps: 8), Of("SqNormDiag", [3, 3], numbers: Numbers.Quarters, ulps: 8),
        Of("SymSqNorm", [9, 3], numbers: Numbers.Quarters, ulps: 8), Of("DiffClampInt", [2], [-1, 2]),
        Of("Factorize", [2, 2]), Of("AutoFactorize", [2]),
    ];

    /// <summary>Names that have no arguments, or stand for derivatives.</summary>
    public static readonly string[] Elsewhere =
    [
        "Var", "IntCst", "RatCst", "IntInv", "Zero", "Grad", "GradMatrix", "Divergence", "Laplacian", "TraceOperator", "AdjointOperator",
        "SumLinOperator", "Diff", "Grad_WithSavedForward", "Diff_WithSavedForward",
        "SoftDTW_SqDistGradX", "SoftDTW_SqDistGradY",
    ];

    /// <summary>The call on these arguments.</summary>
    public Formula Apply(params ImmutableArray<Formula> arguments) => Operations.Find(Name)!.Apply(arguments, [.. Parameters]);

    public override string ToString() => $"{Name}({string.Join(',', Dims)};{string.Join(',', Parameters)})";

    static OperationCase Of(string name, int[] dims, int[]? parameters = null, Numbers numbers = Numbers.Edges, double ulps = 1) =>
        new(name, dims, parameters ?? [], numbers, ulps);

    static IEnumerable<OperationCase> Unary(Numbers numbers, double ulps, params string[] names) =>
        names.SelectMany(n => new[] { Of(n, [1], null, numbers, ulps), Of(n, [3], null, numbers, ulps) });

    static IEnumerable<OperationCase> Binary(Numbers numbers, double ulps, params string[] names) =>
        names.SelectMany(
            n => new[] { Of(n, [1, 1], null, numbers, ulps), Of(n, [3, 1], null, numbers, ulps), Of(n, [2, 2], null, numbers, ulps) });

    static IEnumerable<OperationCase> Complex(double ulps, params string[] names) =>
        names.Select(n => Of(n, [4], null, Numbers.Moderate, ulps));
}
