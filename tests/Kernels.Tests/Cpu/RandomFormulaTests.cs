using System.Collections.Immutable;
using CsCheck;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>Random formulas as compiled code against the plain reading of their trees, or of their programs.</summary>
public class RandomFormulaTests
{
    const int Rows = 17;

    [Fact]
    public void Are_worth_what_the_oracle_says() => Formulary.Any.Sample(
        formula =>
        {
            if (formula.Dim > 30) return;
            var random = new Random(formula.Size);
            var problem = EngineProblem.Create("Sum", formula, ElementType.Float64, Rows, 1, (_, _) => random.Next(-4, 5) * 0.5 + 0.01);
            var expected = problem.Expect().Values!;
            // What small changes of the data change much is decided by rounding; it is left out.
            var (more, less) = (Moved(problem, 1e-12), Moved(problem, -1e-12));
            // The sign of a sum of zeros decides what is divided by it; the interpreter's is the compiled code's.
            var interpret = ProgramInterpreter.Compile(formula);
            var read = Enumerable.Range(0, Rows).SelectMany(i => interpret(v => problem.Data[v][((v.Category == Category.I ? i : 0) * v.Dim)..][..v.Dim])).ToArray();
            foreach (var width in Widths.Here)
            {
                var got = problem.Run(problem.SmallPlan(), width).Values!;
                for (var at = 0; at < got.Length; at++)
                {
                    if (!Near(more[at], expected[at]) || !Near(less[at], expected[at]) || Near(got[at], expected[at]) || Near(got[at], read[at])) continue;
                    Assert.Fail($"{formula}, {width} bits, row {at / formula.Dim}: {got[at]:R}, expected {expected[at]:R}.");
                }
            }
        },
        iter: 150, threads: 1, print: f => f.ToString());

    static double[] Moved(EngineProblem problem, double by) =>
        (problem with { Data = problem.Data.ToImmutableDictionary(d => d.Key, d => d.Value.Select(x => x * (1 + by)).ToArray()) }).Expect().Values!;

    static bool Near(double got, double want) => got.Equals(want) || Math.Abs(got - want) <= 1e-9 * Math.Max(1, Math.Abs(want)) || Math.Abs(want) > 1e300;
}
