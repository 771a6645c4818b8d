using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Every operation as compiled code, on every vector width and both dtypes, against the oracle.</summary>
public class OperationTests
{
    const int Rows = 200;

    public static TheoryData<string> Names => [.. OperationCase.All.Select(c => c.Name).Distinct()];

    [Fact]
    public void Every_operation_has_a_case() => Assert.Equal(
        Operations.All.Select(f => f.Name).Order(),
        OperationCase.All.Select(c => c.Name).Distinct()
            .Concat(OperationCase.Elsewhere.Where(n => Operations.Find(n) is not null)).Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_pairs(string name)
    {
        // Times 1 from the other side: the operation itself is then in the inner loop.
        foreach (var c in OperationCase.All.Where(c => c.Name == name))
        {
            var one = Formula.Vj(c.Dims.Length, 1);
            foreach (var type in Widths.Types)
            {
                var formula = c.Apply([.. c.Dims.Select((d, k) => Formula.Vi(k, d) * one)]);
                Check(c, formula, type, v => v.Category == Category.J);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Of_rows_alone(string name)
    {
        foreach (var c in OperationCase.All.Where(c => c.Name == name))
        {
            foreach (var type in Widths.Types) Check(c, c.Apply([.. c.Dims.Select((d, k) => Formula.Vi(k, d))]), type, _ => false);
        }
    }

    [Theory]
    [InlineData("SoftDTW_SqDistGradX", 0)]
    [InlineData("SoftDTW_SqDistGradY", 1)]
    public void Gradients_of_soft_time_warping_are_differences(string name, int argument)
    {
        const double Step = 1e-5;
        Formula[] f = [Formula.Vi(0, 3), Formula.Vj(1, 4), Formula.Pm(2, 1)];
        var cost = EngineProblem.Create("Sum", Operations.Find("SoftDTW_SqDist")!.Apply([.. f], []), ElementType.Float64, 5, 1, Value);
        var got = (cost with { Reduction = cost.Reduction with { Formula = Operations.Find(name)!.Apply([.. f], []) } }).Run().Values!;
        var v = f[argument].AsVariable!.Value;
        for (var k = 0; k < v.Dim; k++)
        {
            var (up, down) = (Moved(k, Step), Moved(k, -Step));
            for (var i = 0; i < 5; i++) Assert.Equal((up[i] - down[i]) / (2 * Step), got[i * v.Dim + k], 1e-6);
        }

        double[] Moved(int k, double by) =>
            (cost with { Data = cost.Data.SetItem(v, [.. cost.Data[v].Select((x, at) => at % v.Dim == k ? x + by : x)]) }).Expect().Values!;

        static double Value(Variable v, int at) => v.Category == Category.Parameter ? 0.7 : Math.Sin(3 * at + v.Index);
    }

    static void Check(OperationCase c, Formula formula, ElementType type, Func<Variable, bool> isOne)
    {
        var values = Inputs(c, type);
        var problem = EngineProblem.Create("Sum", formula, type, Rows, 1, (v, at) => isOne(v) ? 1 : values[v.Index][at]);
        var expected = problem.Expect().Values!;
        foreach (var width in Widths.Here)
        {
            var got = problem.Run(problem.SmallPlan(), width).Values!;
            for (var at = 0; at < got.Length; at++)
            {
                var row = at / formula.Dim;
                var scale = expected.Skip(row * formula.Dim).Take(formula.Dim).Where(double.IsFinite).Select(Math.Abs)
                    .DefaultIfEmpty(0).Max();
                if (!Near(got[at], expected[at], scale, c.Ulps, type))
                    Assert.Fail($"{c}, {type}, {width} bits, of {string.Join(" and ", Row(values, c, row))}: component {at % formula.Dim} "
                        + $"is {got[at]:R}, expected {expected[at]:R}.");
            }
        }
    }

    /// <summary>Equal, both NaN, or near; what leaves the dtype's normal numbers may be 0 or infinite.</summary>
    static bool Near(double got, double want, double scale, double ulps, ElementType type)
    {
        var (unit, least, most) = type == ElementType.Float32
            ? (1.2e-7, 1.1754944e-38, (double)float.MaxValue)
            : (2.3e-16, 2.2250738585072014e-308, double.MaxValue);
        if (double.IsNaN(want)) return double.IsNaN(got);
        if (got == want) return true;
        if (Math.Abs(want) > most) return got == Math.CopySign(double.PositiveInfinity, want);
        return Math.Abs(got - want) <= ulps * unit * scale + least;
    }

    static IEnumerable<string> Row(double[][] values, OperationCase c, int row) =>
        c.Dims.Select((d, k) => $"({string.Join(", ", values[k].Skip(row * d).Take(d).Select(v => v.ToString("R")))})");

    /// <summary>The arguments' values: combinations of edges at random, and of neighbours in order.</summary>
    static double[][] Inputs(OperationCase c, ElementType type)
    {
        var edges = Edges(c.Numbers, type);
        var random = new Random(5);
        return [.. c.Dims.Select((d, k) => Enumerable.Range(0, Rows * d).Select(at =>
        {
            // One argument goes through all edges, the first beside the second for two: every combination where there are 14 · 14.
            var number = c.Dims.Length <= 2 && d == 1
                ? edges[(k == 0 ? at : at / edges.Length) % edges.Length]
                : edges[random.Next(edges.Length)];
            return type == ElementType.Float32 ? (float)number : number;
        }).ToArray())];
    }

    static double[] Edges(Numbers numbers, ElementType type) => numbers switch
    {
        Numbers.Edges =>
        [
            0, -0.0, 1, -1, 0.5, -2.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 3.7,
            type == ElementType.Float32 ? 1.2e-38 : 2.3e-308, type == ElementType.Float32 ? -3e38 : -1.7e308, 1e-20, -87.2,
        ],
        Numbers.Moderate =>
            [0, -0.0, 1, -1, 0.5, -2.5, double.PositiveInfinity, double.NegativeInfinity, double.NaN, 3.7, 1e-5, -30, 7, 0.0625],
        Numbers.Quarters => [0, 0.25, -0.25, 0.5, -0.5, 0.75, 1, -1, 1.25, 1.5, -1.5, 2, -2.75, 3],
        Numbers.Positive => [0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 2.5],
        _ => [-1, 0, 1, 2, 3, 4, 5, 0.4, 1.6, -0.4, 2.5, -0.6, 3.4, 3.6],
    };
}
