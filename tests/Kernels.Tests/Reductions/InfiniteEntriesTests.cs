using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Cpu;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Reductions;

/// <summary>
/// Log-sum-exp and its relatives where F is infinite: −∞ entries weigh nothing, +∞ entries share all the weight, and no ∞ − ∞ arises.
/// </summary>
public class InfiniteEntriesTests
{
    const double Inf = double.PositiveInfinity;

    /// <summary>F of each row of a cloud of nine; the leaves of the test hold four.</summary>
    static readonly double[][] Clouds =
    [
        [1, 2, 3, -1, 0.5, 2, 4, -3, 0],
        [-Inf, -Inf, 3, -1, -Inf, -Inf, -Inf, -Inf, 2],
        [-Inf, -Inf, -Inf, -Inf, -Inf, -Inf, -Inf, -Inf, -Inf],
        [Inf, 2, 3, -1, 0.5, 2, 4, -3, 0],
        [1, 2, Inf, Inf, -Inf, 2, 4, -3, Inf],
        [1, 2, 3, -1, -Inf, 2, 4, -3, Inf],
        [Inf, Inf, Inf, Inf, Inf, Inf, Inf, Inf, Inf],
    ];

    [Theory]
    [InlineData("LogSumExp", false)]
    [InlineData("LogSumExp", true)]
    [InlineData("SumSoftMaxWeight", true)]
    [InlineData("Max_SumShiftExp", false)]
    [InlineData("Max_SumShiftExpWeight", true)]
    public void Are_what_the_oracle_says(string kind, bool weighted)
    {
        var (f, g) = (Formula.Vj(0, 1) + Formula.Vi(1, 1), Formula.Vj(2, 2) + Formula.Vi(1, 1));
        foreach (var cloud in Clouds)
        {
            foreach (var type in Widths.Types)
            {
                var problem = EngineProblem.Create(
                    kind, f, type, 70, cloud.Length, (v, at) => v.Index == 0 ? cloud[at] : v.Index == 1 ? at % 3 * 0.5 : 0.25 + at % 5,
                    weighted ? g : null);
                foreach (var width in Widths.Here)
                {
                    foreach (var leafRows in new[] { 4, 9 })
                        problem.Run(problem.SmallPlan(leafRows), width).AssertNear(problem.Expect(), problem.Tolerance());
                }
            }
        }
    }

    [Fact]
    public void Nan_entries_stay_nan()
    {
        var f = Formula.Vj(0, 1) + Formula.Vi(1, 1);
        var problem = EngineProblem.Create("LogSumExp", f, ElementType.Float32, 3, 3, (v, at) => v.Index == 0 && at == 1 ? double.NaN : 1);
        Assert.All(problem.Run().Values!, value => Assert.True(double.IsNaN(value)));
    }
}
