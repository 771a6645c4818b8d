using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Execution;
using Distributed.Keops.Kernels.Tests.Formulas;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Cpu;

/// <summary>
/// Deep random formulas of all operations, and their gradients, as compiled code against the oracle. How far they may differ is measured:
/// the oracle evaluates again with noise of the dtype's rounding on every number on the way.
/// </summary>
public class TypedFormulaTests
{
    const int Rows = 5, Noisy = 12, Depth = 8;

    /// <summary>Compiled functions differ from the oracle's by a few units; the noise is one unit at its largest.</summary>
    const double Slack = 8;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Are_worth_what_the_oracle_says(int seed) => Compare(seed, 50);

    [Theory(Explicit = true)]
    [Trait("Duration", "minutes")]
    [InlineData(101)]
    [InlineData(102)]
    [InlineData(103)]
    [InlineData(104)]
    public void Are_worth_what_the_oracle_says_at_length(int seed) => Compare(seed, 1500);

    [Fact]
    public void Contain_every_operation()
    {
        var found = new HashSet<string>();
        for (var n = 0; n < 2000; n++) Visit(new TypedFormulary(new Random(n)).Next(Depth));
        var missing = Operations.All.OfType<Operation>().Select(o => o.Name)
            .Except(found).Except(["SoftDTW_SqDistGradX", "SoftDTW_SqDistGradY"]);
        Assert.Empty(missing);

        void Visit(Formula f)
        {
            found.Add(f.Operation.Name);
            foreach (var argument in f.Arguments) Visit(argument);
        }
    }

    static void Compare(int seed, int count)
    {
        var random = new Random(seed);
        var compared = 0;
        for (var n = 0; n < count; n++)
        {
            var formula = new TypedFormulary(random).Next(random.Next(2, Depth + 1));
            // What is shared is written out each time, which may be more than a text can be.
            if (formula.Size > 2000) continue;
            Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
            compared += Check(formula, $"seed {seed}, formula {n}");
            Variable[] variables = [.. formula.Variables().Where(v => HasDerivative(formula, v))];
            if (variables.Length == 0 || formula.Size > 300) continue;
            var gradient = formula.Gradient(variables[random.Next(variables.Length)], Formula.Pm(9, formula.Dim));
            var text = gradient.ToString();
            if (text.Length <= FormulaParser.MaxLength) Assert.Equal(gradient, FormulaParser.Parse(text));
            if (gradient.Distinct().Count < 600) compared += Check(gradient, $"seed {seed}, gradient of formula {n}");
        }

        // Most numbers are compared: what is left out is not finite, or rounding decides it.
        Assert.True(compared > 15 * count, $"{compared} numbers of {count} formulas.");
    }

    /// <summary>Soft time warping has no derivative by its smoothing.</summary>
    static bool HasDerivative(Formula formula, Variable variable) => !formula.Distinct().Any(
        node => node.Operation.Name == "SoftDTW_SqDist" && node.Arguments[2].Variables().Contains(variable));

    /// <summary>How many numbers were compared.</summary>
    static int Check(Formula formula, string what)
    {
        var compared = 0;
        foreach (var type in Widths.Types)
        {
            var random = new Random(formula.Size);
            var problem = EngineProblem.Create("Sum", formula, type, Rows, 1, (_, _)
                => (random.Next(2) * 2 - 1) * (0.1 + 0.9 * random.NextDouble()));
            var got = problem.Run(problem.SmallPlan(), Widths.Here[formula.Size % Widths.Here.Length]).Values!;
            var unit = type == ElementType.Float64 ? 2.3e-16 : 1.2e-7;
            for (var i = 0; i < Rows; i++)
            {
                var exact = Evaluate(problem, formula, i, x => x);
                var spread = new double[formula.Dim];
                for (var again = 0; again < Noisy; again++)
                {
                    var noisy = Evaluate(problem, formula, i, x => x * (1 + unit * (2 * random.NextDouble() - 1)));
                    for (var k = 0; k < formula.Dim; k++) spread[k] = Math.Max(spread[k], Math.Abs(noisy[k] - exact[k]));
                }

                for (var k = 0; k < formula.Dim; k++)
                {
                    // Infinite or NaN somewhere near, or out of the range of the dtype's normal numbers.
                    if (!double.IsFinite(exact[k]) || !double.IsFinite(spread[k]) || Math.Abs(exact[k]) > 1e30
                        || spread[k] > 0.1 * (1 + Math.Abs(exact[k]))) continue;
                    compared++;
                    var tolerance = Slack * (spread[k] + unit * Math.Abs(exact[k])) + 1e-30;
                    if (!(Math.Abs(got[i * formula.Dim + k] - exact[k]) <= tolerance))
                        Assert.Fail($"{what}, {type}, row {i}, component {k}: {got[i * formula.Dim + k]:R}, "
                            + $"expected {exact[k]:R} within {tolerance:G3}: {formula}");
                }
            }
        }

        return compared;
    }

    static double[] Evaluate(EngineProblem problem, Formula formula, int i, Func<double, double> round) =>
        FormulaOracle.Evaluate(formula, v => problem.Data[v].AsSpan(v.Category == Category.I ? i * v.Dim : 0, v.Dim), round);
}
