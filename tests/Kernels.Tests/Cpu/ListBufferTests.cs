using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Long lists of nearest values: the room for newcomers is used up many times
/// over, by values with many ties, in any order.</summary>
public class ListBufferTests
{
    const int M = 70, N = 1500;

    static readonly int[] Rows = [0, 1, 15, 16, 63, 64, M - 1];

    static readonly Formula F = Formula.Vj(0, 1) - Formula.Vi(1, 1);

    [Theory]
    [InlineData(17)]
    [InlineData(33)]
    [InlineData(64)]
    [InlineData(200)]
    public void Are_in_the_order_of_values_and_rows(int k)
    {
        var random = new Random(k);
        Check(k, "KMin_ArgKMin", (_, _) => random.Next(-40, 40) * 0.25);
    }

    [Fact]
    public void Values_alone() => Check(50, "KMin", (_, at) => at * 7 % 1000 * 0.5);

    [Fact]
    public void Every_row_is_a_newcomer() => Check(40, "KMin_ArgKMin", (v, at) => v.Index == 0 ? N - at : 0);

    [Fact]
    public void Nothing_and_infinity_are_passed_by()
    {
        double[] values = [double.NaN, double.PositiveInfinity, 1, double.NegativeInfinity, -2, double.NaN, 0.5];
        Check(30, "KMin_ArgKMin", (v, at) => v.Index == 0 ? (at % 90 < 7 ? values[at % 90] : double.PositiveInfinity) : at);
    }

    /// <summary>Over several leaves of the size that jobs have, with thousands of ties, against sorting everything.</summary>
    [Theory]
    [InlineData(17, ElementType.Float32)]
    [InlineData(40, ElementType.Float64)]
    [InlineData(100, ElementType.Float32)]
    public void Of_more_rows_than_a_leaf_are_what_sorting_gives(int k, ElementType type)
    {
        const int Outputs = 6, Reduced = 2 * 65_536 + 12_345;
        var random = new Random(k);
        var problem = EngineProblem.Create("KMin_ArgKMin", F, type, Outputs, Reduced, (_, _) => random.Next(-9000, 9000) * 0.25, k: k);
        var plan = Plan.Create(1, Outputs, Reduced, 2 * k);
        Assert.Equal(3, plan.Leaves);
        var (x, y) = (problem.Data[F.Variables()[1]], problem.Data[F.Variables()[0]]);
        var nearest = Enumerable.Range(0, Outputs).SelectMany(i =>
            Enumerable.Range(0, Reduced).OrderBy(j => y[j] - x[i]).Take(k).Select(j => (Value: y[j] - x[i], Row: (long)j))).ToArray();
        var expected = new EngineResult([.. nearest.Select(n => n.Value)], [.. nearest.Select(n => n.Row)], Outputs);
        foreach (var width in Widths.Here) problem.Run(plan, width).AssertSameBits(expected);
        EngineProblem.Run(problem.Bind(plan), threads: 2, targetPairs: 2 * 65_536).AssertSameBits(expected);
    }

    static void Check(int k, string kind, Func<Variable, int, double> value)
    {
        foreach (var type in Widths.Types)
        {
            var problem = EngineProblem.Create(kind, F, type, M, N, value, k: k);
            var expected = problem.Expect(Rows);
            foreach (var width in Widths.Here)
            {
                foreach (var leafRows in new[] { N, 400 })
                    problem.Run(problem.SmallPlan(leafRows), width).Take(Rows).AssertSameBits(expected);
            }
        }
    }
}
