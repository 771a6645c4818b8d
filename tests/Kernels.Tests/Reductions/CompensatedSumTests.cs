using System.Numerics;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Reductions;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Reductions;

/// <summary>
/// Sums whose terms cancel to far below their own rounding errors: right where they are compensated, whatever lane, block, leaf and merge
/// the terms come to, and wrong where they are not.
/// </summary>
public class CompensatedSumTests(ITestOutputHelper output)
{
    static readonly Formula Zero = Formula.Vi(0, 1), Y = Formula.Vj(1, 1), G = Formula.Vj(2, 1);

    public static TheoryData<int, int, int> Cuttings => new()
    {
        // Rows, the rows of a leaf, bits of a vector (0: the widest here).
        { 3, 3, 0 }, { 64, 64, 0 }, { 300, 300, 0 }, { 300, 1, 0 }, { 1500, 100, 0 },
        { 1500, 700, 0 }, { 1500, 300, 256 }, { 1500, 300, 128 },
    };

    [Theory]
    [MemberData(nameof(Cuttings))]
    public void What_is_left_of_large_terms_is_exact(int n, int leafRows, int width)
    {
        double[] terms = [1e16, .. Enumerable.Repeat(1.0, n - 2), -1e16];
        var problem = Problem("Sum", Y + Zero, ElementType.Float64, terms);
        foreach (var row in Values(problem, leafRows, width)) Assert.Equal(n - 2, row);
        if (n > 3) Assert.NotEqual(n - 2, Values(Plain(problem), leafRows, width)[0]);
    }

    [Theory]
    [MemberData(nameof(Cuttings))]
    public void Of_random_terms_that_cancel(int n, int leafRows, int width)
    {
        // Whole numbers of 53 bits and very different sizes, so that the true sum is known; the last ones take most of it back.
        var random = new Random(n + leafRows);
        var terms = Enumerable.Range(0, n).Select(_ => Math.ScaleB(random.NextInt64(-(1L << 53), 1L << 53), random.Next(30))).ToArray();
        var exact = new BigInteger();
        for (var k = 0; k < n; k++)
        {
            if (k >= n - 2) terms[k] = -(double)exact;
            exact += new BigInteger(terms[k]);
        }

        var problem = Problem("Sum", Y + Zero, ElementType.Float64, terms);
        var got = Values(problem, leafRows, width)[0];
        output.WriteLine(
            $"{n} rows, leaves of {leafRows}: {got:R}, plain {Values(Plain(problem), leafRows, width)[0]:R}, exactly {exact}.");
        Assert.Equal((double)exact, got, 1e-12 * Math.Abs((double)exact));
    }

    [Fact]
    public void Products_count_with_all_their_digits()
    {
        // (1 + e)·(1 − e) − 1 = −e², which no rounded product knows.
        var e = Math.ScaleB(1, -30);
        var problem = EngineProblem.Create("Sum", (Zero + Y) * (G + Zero), ElementType.Float64, 20, 2,
            (v, at) => v.Index switch { 0 => 0, 1 => at == 0 ? 1 + e : -1, _ => at == 0 ? 1 - e : 1 });
        Assert.All(problem.Run().Values!, value => Assert.NotEqual(-e * e, value));
        Assert.All(Compensated(problem).Run().Values!, value => Assert.Equal(-e * e, value));
    }

    [Theory]
    [InlineData("LogSumExpWeight")]
    [InlineData("Max_SumShiftExpWeight")]
    [InlineData("SumSoftMaxWeight")]
    [InlineData("LogSumExp")]
    public void Weights_that_cancel_while_the_maximum_rises(string kind)
    {
        // e^0·1e16 before, e^1·1 between, e^0·(−1e16) after the maximum has changed: what is left is the middle.
        const int N = 900;
        var problem = EngineProblem.Create(kind, Y + Zero, ElementType.Float64, 20, N,
            (v, at) => (v.Index, at) switch
            {
                (0, _) => 0,
                (1, _) => at is > 300 and < 600 ? 1 : 0,
                (_, < 300) => 1e16,
                (_, 300) => 0,
                (_, < 600) => 1,
                _ => -1e16,
            },
            G);
        var sum = 299.0;
        var got = Compensated(problem).Run(problem.SmallPlan(leafRows: 128)).Values!;
        var expected = kind switch
        {
            "LogSumExp" => 1 + Math.Log(sum),
            "SumSoftMaxWeight" => sum / (sum + 601 * Math.Exp(-1)),
            _ => sum,
        };
        Assert.Equal(expected, got[^1], 1e-12 * Math.Abs(expected));
        Assert.NotEqual(expected, problem.Run(problem.SmallPlan(leafRows: 128)).Values![^1], 1e-3);
    }

    [Fact]
    public void Single_precision_gives_the_nearest_number()
    {
        const int N = 40_000;
        var random = new Random(5);
        var terms = Enumerable.Range(0, N)
            .Select(_ => (double)(float)((random.NextDouble() - 0.5) * Math.Pow(10, random.Next(6)))).ToArray();
        var problem = Problem("Sum", Y + Zero, ElementType.Float32, terms);
        var exact = terms.Sum(t => (decimal)t);
        var (plain, compensated) = (Values(Plain(problem), 65536, 0)[0], Values(problem, 65536, 0)[0]);
        output.WriteLine($"{exact}: plain {plain:R}, compensated {compensated:R}.");
        Assert.Equal((double)(float)(double)exact, compensated);
        Assert.NotEqual((double)(float)(double)exact, plain);
    }

    [Fact]
    public void Infinite_terms_stay_infinite()
    {
        foreach (var type in new[] { ElementType.Float32, ElementType.Float64 })
        {
            foreach (var (term, expected) in new[]
            {
                (double.PositiveInfinity, double.PositiveInfinity), (double.NegativeInfinity, double.NegativeInfinity),
                (double.NaN, double.NaN),
            })
            {
                var problem = Problem("Sum", Y + Zero, type, [1, 2, term, 4, .. Enumerable.Repeat(1.0, 400)]);
                Assert.All(Values(problem, 100, 0), value => Assert.Equal(expected, value));
                var weighted = EngineProblem.Create(
                    "LogSumExp", Y + Zero, type, 20, 404, (v, at) => v.Index == 1 && at == 2 ? term : 0);
                var log = Compensated(weighted).Run().Values![0];
                Assert.Equal(double.IsNegativeInfinity(term) ? Math.Log(403) : term, log, 1e-6);
            }
        }
    }

    [Fact]
    public void Plans_of_different_summations_have_different_names()
    {
        var plain = Plan.Create(1, 10, 10, 1);
        Assert.NotEqual(plain.Hash, Plan.Create(1, 10, 10, 1, Summation.Compensated).Hash);
        Assert.Equal(plain.Hash, Plan.Create(1, 10, 10, 1, Summation.Blocks).Hash);
    }

    static EngineProblem Problem(string kind, Formula f, ElementType type, double[] terms) => Compensated(EngineProblem.Create(
        kind, f, type, 20, terms.Length, (v, at) => v.Index == 0 ? 0 : terms[at]));

    static EngineProblem Compensated(EngineProblem problem) =>
        problem with { Reduction = problem.Reduction with { Summation = Summation.Compensated } };

    static EngineProblem Plain(EngineProblem problem) =>
        problem with { Reduction = problem.Reduction with { Summation = Summation.Blocks } };

    static double[] Values(EngineProblem problem, int leafRows, int width) =>
        problem.Run(problem.SmallPlan(leafRows), width == 0 ? null : width).Values!;
}
