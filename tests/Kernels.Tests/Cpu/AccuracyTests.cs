using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Sums of exponentials in single precision: near the true ones however many terms are below the smallest number.</summary>
public class AccuracyTests(ITestOutputHelper output)
{
    /// <summary>What single precision is allowed, relative to the largest number of the result's rows.</summary>
    const double Tolerance = 2e-6;

    static readonly Formula X = Formula.Vi(0, 3), Y = Formula.Vj(1, 3), B = Formula.Vj(2, 1), G = Formula.Pm(3, 1);

    static readonly Dictionary<string, (string Kind, Formula F, Formula? Weight)> Sums = new()
    {
        ["gauss"] = ("Sum", (-(G * X.SqDist(Y))).Exp() * B, null),
        ["gauss, divided"] = ("Sum", (-X.SqDist(Y) / (Formula.IntCst(1) / G)).Exp() * B, null),
        ["laplace"] = ("Sum", (-(G * (X - Y).Norm2())).Exp() * B, null),
        ["exponential of a difference"] = ("Sum", (B - G * X.SqDist(Y)).Exp(), null),
        ["gradient of gauss"] = ("Sum", (-(G * X.SqDist(Y))).Exp().Gradient(X.AsVariable!.Value, B), null),
        ["logsumexp"] = ("LogSumExp", B - G * X.SqDist(Y), null),
        ["softmax"] = ("SumSoftMaxWeight", -(G * X.SqDist(Y)), Y),
    };

    public static TheoryData<string> Names => [.. Sums.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void From_no_decay_to_total_underflow(string name)
    {
        var (kind, f, weight) = Sums[name];
        foreach (var g in new[] { 1.0, 10, 40, 100, 1000, 1e4 })
        {
            var random = new Random(23);
            var problem = EngineProblem.Create(
                kind, f, ElementType.Float32, 24, 1500, (v, _) => v.Index == 3 ? g : random.NextDouble(), weight);
            var expected = problem.Expect();
            var error = Check(problem.Run(problem.SmallPlan(leafRows: 400)), expected);
            output.WriteLine($"{name}, g = {g}: {error:G3} of the row's scale.");
            Assert.True(error <= Tolerance, $"g = {g}: {error:G3}.");
        }
    }

    [Fact]
    public void Positive_exponents()
    {
        // e^a where a is a distance, up to some 70, whose rounding counts 70 times.
        foreach (var factor in new[] { 1, 2, 6 })
        {
            var problem = EngineProblem.Random("Sum", (X.SqDist(Y) * factor).Exp(), ElementType.Float32, 16, 300, low: 0, high: 2);
            var error = Check(problem.Run(), problem.Expect());
            output.WriteLine($"e^{factor}d: {error:G3}.");
            Assert.True(error <= Tolerance, $"{factor}: {error:G3}.");
        }
    }

    [Fact]
    public void Long_sums_do_not_drift()
    {
        // A million terms near 1: single precision alone would be off by 1e-3.
        const int N = 1_000_000;
        var problem = EngineProblem.Random("Sum", (-X.SqDist(Y)).Exp(), ElementType.Float32, 2, N, low: 0, high: 0.01);
        var got = problem.Run(problem.SmallPlan(leafRows: 65536)).Values!;
        for (var i = 0; i < 2; i++)
        {
            var sum = 0.0;
            for (var j = 0; j < N; j++)
            {
                var d = 0.0;
                for (var k = 0; k < 3; k++)
                    d += Math.Pow(problem.Data[X.AsVariable!.Value][3 * i + k] - problem.Data[Y.AsVariable!.Value][3 * j + k], 2);
                sum += Math.Exp(-d);
            }

            Assert.InRange(got[i] / sum, 1 - 2e-7, 1 + 2e-7);
        }
    }

    /// <summary>The largest error, relative to the largest number, or to one near the smallest single precision has.</summary>
    internal static double Check(EngineResult got, EngineResult expected)
    {
        var scale = Math.Max(1e-30, expected.Values!.Max(Math.Abs));
        return got.Values!.Zip(expected.Values!, (a, b) => Math.Abs(a - b)).Max() / scale;
    }
}
