using CsCheck;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Random formulas as compiled code against the plain reading of their trees.</summary>
public class RandomFormulaTests
{
    [Fact]
    public void Are_worth_what_the_oracle_says() => Formulary.Any.Sample(
        formula =>
        {
            if (formula.Dim > 30) return;
            // Halves and their sums are far from every step of a rounding function, or on it exactly.
            var random = new Random(formula.Size);
            var problem = EngineProblem.Create("Sum", formula, ElementType.Float64, 17, 1, (_, _) => random.Next(-4, 5) * 0.5);
            var expected = problem.Expect().Values!;
            foreach (var width in Widths.Here)
            {
                var got = problem.Run(problem.SmallPlan(), width).Values!;
                var wrong = Enumerable.Range(0, got.Length).Count(at => !Near(got[at], expected[at]));
                // Where a tree cancels to nothing or stands on a step, one rounding decides: few rows do.
                Assert.True(wrong <= got.Length / 4, $"{formula}, {width} bits: {wrong} of {got.Length} wrong: {string.Join(' ', got)}, expected {string.Join(' ', expected)}.");
            }
        },
        iter: 150, threads: 1, print: f => f.ToString());

    static bool Near(double got, double want) => got.Equals(want) || Math.Abs(got - want) <= 1e-9 * Math.Max(1, Math.Abs(want)) || Math.Abs(want) > 1e300;
}
