using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Kernels.Tests.Execution;

namespace Distributed.Keops.Kernels.Tests.Reductions;

/// <summary>One problem for every kind of reduction, of any size, in numbers whose products and differences are exact in float32.</summary>
static class AllReductions
{
    static readonly Formula X = Formula.Vi(0, 2), Y = Formula.Vj(1, 2), B = Formula.Vj(2, 3), C = Formula.Vi(3, 1);

    /// <summary>Scalar and vector values in few steps, so that ties abound.</summary>
    static readonly Formula Scalar = X.SqDist(Y) / 4 - C, Vector = (X - Y).Concat(C * B);

    /// <summary>Name, reduction, formula, weight and K of each.</summary>
    public static readonly (string Name, string Kind, Formula F, Formula? G, int? K)[] Cases =
    [
        ("Sum", "Sum", Scalar, null, null),
        ("Sum of a product", "Sum", (-Scalar).Exp() * B, null, null),
        ("Sum of vectors", "Sum", Vector, null, null),
        ("LogSumExp", "LogSumExp", -Scalar, null, null),
        ("LogSumExp, weight", "LogSumExp", -Scalar, B.Square() + 1, null),
        ("LogSumExpWeight", "LogSumExpWeight", -Scalar, B, null),
        ("SumSoftMaxWeight", "SumSoftMaxWeight", -Scalar, B, null),
        ("SoftMax", "SoftMax", -Scalar, B.Elem(0) * X, null),
        ("Max_SumShiftExp", "Max_SumShiftExp", -Scalar, null, null),
        ("Max_SumShiftExpWeight", "Max_SumShiftExpWeight", -Scalar, X - Y, null),
        ("Min", "Min", Scalar, null, null),
        ("Max", "Max", Vector, null, null),
        ("ArgMin", "ArgMin", Vector, null, null),
        ("ArgMax", "ArgMax", Scalar, null, null),
        ("Min_ArgMin", "Min_ArgMin", Vector, null, null),
        ("Max_ArgMax", "Max_ArgMax", Vector, null, null),
        ("KMin 1", "KMin", Scalar, null, 1),
        ("KMin 3 of vectors", "KMin", Vector, null, 3),
        ("ArgKMin 3", "ArgKMin", Scalar, null, 3),
        ("KMin_ArgKMin 3 of vectors", "KMin_ArgKMin", Vector, null, 3),
        ("KMin_ArgKMin 17", "KMin_ArgKMin", Scalar, null, 17),
        ("KMin_ArgKMin 40", "KMin_ArgKMin", Scalar, null, 40),
    ];

    const string Compensated = ", compensated";

    /// <summary>Every case, and every sum compensated too.</summary>
    public static IEnumerable<string> Names => Cases.Select(c => c.Name).Concat(
        Cases.Where(c => ReductionKind.Find(c.Kind).IsSum).Select(c => c.Name + Compensated));

    /// <summary>A problem with values in steps of a half between −2 and 2.</summary>
    public static EngineProblem Create(string name, ElementType type, int m, int n, int axis = 1, int seed = 1)
    {
        var random = new Random(seed);
        return Create(name, type, m, n, axis, (_, _) => random.Next(-4, 5) * 0.5);
    }

    public static EngineProblem Create(string name, ElementType type, int m, int n, int axis, Func<Variable, int, double> value)
    {
        var plain = name.Replace(Compensated, "", StringComparison.Ordinal);
        var (_, kind, f, g, k) = Cases.Single(c => c.Name == plain);
        var problem = EngineProblem.Create(kind, f, type, m, n, value, g, k, axis);
        return plain == name ? problem : problem with { Reduction = problem.Reduction with { Summation = Summation.Compensated } };
    }

    /// <summary>Whether results are sums, and so right up to rounding alone.</summary>
    public static bool Rounds(this EngineProblem problem) => problem.Reduction.Kind.IsSum;

    /// <summary>What rounding allows, relative to the scale of a row.</summary>
    public static double Tolerance(this EngineProblem problem) =>
        !problem.Rounds() ? 0 : problem.Type == ElementType.Float32 ? 2e-6 : 1e-13;

    /// <summary>
    /// What the size of rounding errors is relative to: for a sum that may cancel the sum of the
    /// absolute values, else null, that is, the row's largest number.
    /// </summary>
    public static double[]? Scales(this EngineProblem problem, int[]? rows = null)
    {
        var (kind, f, g, _, _) = problem.Reduction;
        if (kind.Name == "Sum") return (problem with { Reduction = problem.Reduction with { Formula = f.Abs() } }).Expect(rows).Values;
        if (!kind.IsSum) return null;
        // A logarithm near 0 comes from a sum near 1, which is where the error is.
        var sizes = g is null
            ? problem.Expect(rows)
            : (problem with { Reduction = problem.Reduction with { Weight = g.Abs() } }).Expect(rows);
        return [.. sizes.Values!.Select(v => double.IsFinite(v) ? Math.Max(1, Math.Abs(v)) : 1)];
    }
}
