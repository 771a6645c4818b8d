using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Oracle;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>The names for derivatives against differences of the oracle's values.</summary>
public class CalculusTests
{
    const double Step = 2e-3;

    static readonly Dictionary<int, double[]> Rows = new()
    {
        [0] = [0.31, -0.52, 0.78],
        [1] = [0.64, 0.25, 0.43],
        [2] = [1.37],
        [3] = [0.57],
        [4] = [0.11, -0.23, 0.35, 0.47, -0.58, 0.69],
        [5] = [0.9, -0.4, 0.3],
    };

    /// <summary>Formulas of dimension 3, of x (i), y (j), p (parameter), s and m.</summary>
    public static TheoryData<string> Fields =>
    [
        "Sin(x*y)*p", "Exp(-SqDist(x,y)*p)*(x-y)", "Normalize(x-y)*s", "VecMatMult(Extract(m,0,2),TensorProd(x,Extract(y,0,2)))",
        "MatVecMult(TensorProd(x,x),y)",
        "TensorDot(x,TensorProd(x,y),[3],[3,3],[0],[1])", "Kron(Elem(x,0),x*y,[1,1],[1,3])*s",
        "BSpline(Concat(-2+Square(x)/9,Concat(x+4,IntCst(9))),p+Sum(x)/4,3)",
        "Extract(ComplexMult(m,Real2Complex(x)),1,3)", "ComplexAbs(ComplexExp(Real2Complex(x*y)))+p", "Atan2(x,y+p)*Log(1+Square(x|y))",
        "Grad(Exp(x|y)*p,y,s)",
    ];

    [Theory]
    [MemberData(nameof(Fields))]
    public void Matrices_divergences_and_forward_derivatives_of_fields(string text)
    {
        var jacobian = Jacobian(Parse(text));
        Near([.. jacobian.SelectMany(row => row)], $"GradMatrix({text},x)");
        Near([Enumerable.Range(0, 3).Sum(k => jacobian[k][k])], $"Divergence({text},x)");
        Near([.. jacobian.Select(row => row.Zip(Rows[5], (a, b) => a * b).Sum())], $"Diff({text},x,Var(5,3,2))");
        Near([.. Enumerable.Range(0, 3).Select(l => Enumerable.Range(0, 3).Sum(k => jacobian[k][l] * Rows[5][k]))], $"Grad({text},x)");
        // Linear in the direction, whose place in the list is free.
        Near([Enumerable.Range(0, 3).Sum(k => jacobian[k][k])], $"TraceOperator(Diff({text},x,Var(-1,3,2)),Var(-0-1,3,2))");
        Near([jacobian.Sum(row => row.Sum())], $"SumLinOperator(Diff({text},x,Var(-1,3,2)),Var(-1,3,2))");
        Near([.. Enumerable.Range(0, 3).Select(l => Enumerable.Range(0, 3).Sum(k => jacobian[k][l] * Rows[5][k]))],
            $"AdjointOperator(Diff({text},x,Var(-1,3,2)),Var(-1,3,2),Var(5,3,2))");
    }

    [Theory]
    [InlineData("Exp(-SqDist(x,y)*p)")]
    [InlineData("Norm2(x-y)*s")]
    [InlineData("Log(1+WeightedSqNorm(y,x))")]
    [InlineData("Sin(x|y)*Max(y)")]
    [InlineData("Sum(Powf(2+x,y))")]
    public void Laplacians_are_traces_of_the_second_derivatives(string text)
    {
        var second = Jacobian(Parse($"Grad({text},x,1)"));
        Near([Enumerable.Range(0, 3).Sum(k => second[k][k])], $"Laplacian({text},x)");
        // Nested: the Hessian along a vector, both ways.
        var along = second.Select(row => row.Zip(Rows[5], (a, b) => a * b).Sum()).ToArray();
        Near(along, $"Grad(Grad({text},x,1),x,Var(5,3,2))");
        Near(along, $"Diff(Grad({text},x,1),x,Var(5,3,2))");
        Near(along, $"Grad(Diff({text},x,Var(5,3,2)),x,1)");
    }

    [Theory]
    [InlineData("Exp(-SqDist(x,y)*p)*SqDist(x,y)", "SqDist(x,y)")]
    [InlineData("Sin(x*y)", "p")]
    public void Factorizing_changes_no_value(string text, string part)
    {
        var expected = Value(Parse(text), 0, 0);
        Assert.Equal(expected, Value(Parse($"Factorize({text},{part})"), 0, 0));
        Assert.Equal(expected, Value(Parse($"AutoFactorize({text})"), 0, 0));
        Assert.Equal(Parse($"Grad({text},x,{(expected.Length == 1 ? "1" : "y")})"),
            Parse($"Grad(Factorize({text},{part}),x,{(expected.Length == 1 ? "1" : "y")})"));
    }

    [Fact]
    public void Many_components_have_their_derivatives()
    {
        var (x, y) = (Formula.Vi(0, 3000), Formula.Vj(1, 3000));
        var v = x.AsVariable!.Value;
        var value = FormulaOracle.Evaluate((x * y).Divergence(v), w => Enumerable.Repeat(w.Index + 0.5, w.Dim).ToArray());
        Assert.Equal([4500.0], value);
        var p = Formula.Pm(2, 1);
        var rows = FormulaOracle.Evaluate((p * y).Jacobian(p.AsVariable!.Value), w
            => Enumerable.Range(0, w.Dim).Select(k => (double)k).ToArray());
        Assert.Equal(Enumerable.Range(0, 3000).Select(k => (double)k), rows);
    }

    static double[][] Jacobian(Formula f)
    {
        var columns = Enumerable.Range(0, 3).Select(k =>
        {
            var (near, far) = (Value(f, k, 1).Zip(Value(f, k, -1), (a, b) => a - b), Value(f, k, 2).Zip(Value(f, k, -2), (a, b) => a - b));
            return near.Zip(far, (a, b) => (8 * a - b) / (12 * Step)).ToArray();
        }).ToArray();
        return [.. Enumerable.Range(0, f.Dim).Select(k => columns.Select(c => c[k]).ToArray())];
    }

    /// <summary>The value where component k of x has moved by some steps.</summary>
    static double[] Value(Formula f, int k, int steps) => FormulaOracle.Evaluate(f, v =>
    {
        // The cotangent that Grad(f,x) makes takes the next place, whatever its dimension.
        var row = (Rows.TryGetValue(v.Index, out var known) && known.Length == v.Dim ? known : Rows[5]).ToArray();
        if (v.Index == 0) row[k] += steps * Step;
        return row;
    });

    static void Near(double[] expected, string text)
    {
        var got = Value(Parse(text), 0, 0);
        Assert.Equal(expected.Length, got.Length);
        for (var k = 0; k < got.Length; k++)
        {
            if (!(Math.Abs(got[k] - expected[k]) <= 1e-6 * (1 + Math.Abs(expected[k]))))
                Assert.Fail($"{text}, component {k}: {got[k]:R}, expected {expected[k]:R}.");
        }
    }
}
