using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Tests.Cpu;
using Distributed.Keops.Kernels.Tests.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// Every operation of the registry: gradient, forward derivative and second derivatives by each argument, against differences of the
/// oracle's rule of its name.
/// </summary>
public class OperationDerivativesTests
{
    // Of fourth order, so that steps are wide enough for rounding to leave ten digits.
    const double Step = 1e-3;

    const double Tolerance = 1e-6;

    /// <summary>Names that are constants, or derivatives themselves and tested as such.</summary>
    static readonly HashSet<string> Elsewhere = [.. OperationCase.Elsewhere];

    public static TheoryData<string> Names => [.. Operations.All.Select(f => f.Name).Where(n => !Elsewhere.Contains(n))];

    [Theory]
    [MemberData(nameof(Names))]
    public void Are_those_of_differences(string name)
    {
        var cases = Enumerable.Range(0, 3).SelectMany(turn => DerivativeCase.Of(name, turn)).ToArray();
        Assert.True(cases.Length > 0, $"{name} needs a case in {nameof(OperationCase)}.");
        foreach (var c in cases)
        {
            var (f, rule) = (c.Formula, c.ByName);
            Near(c.Evaluate(rule), c.Evaluate(f), 1e-13, $"{c}: value");
            var e = Formula.Pm(50, f.Dim);
            foreach (var v in c.Arguments.Where(v => !IsSmoothing(name, v)))
            {
                var u = Formula.Pm(60, v.Dim);
                var gradient = f.Gradient(v, e);
                Near(Along(c, rule, v, c.Evaluate(u)), c.Evaluate(f.Differential(v, u)), Tolerance, $"{c}: Diff by {v}");
                for (var k = 0; k < v.Dim; k++)
                {
                    var slope = Along(c, rule, v, Basis(v.Dim, k)).Zip(c.Evaluate(e), (a, b) => a * b).Sum();
                    Near([slope], [c.Evaluate(gradient)[k]], Tolerance, $"{c}: Grad by {v}, component {k}");
                }

                foreach (var w in c.Arguments.Where(_ => name != "SoftDTW_SqDist"))
                {
                    var t = Formula.Pm(70, w.Dim);
                    Near(Along(c, gradient, w, c.Evaluate(t)), c.Evaluate(gradient.Differential(w, t)), Tolerance,
                        $"{c}: Grad by {v}, Diff by {w}");
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Are_the_same_as_compiled_code(string name)
    {
        foreach (var c in Enumerable.Range(0, 3).SelectMany(turn => DerivativeCase.Of(name, turn).Take(1)))
        {
            var f = c.Formula;
            var e = Formula.Pm(50, f.Dim);
            var all = f;
            foreach (var v in c.Arguments.Where(v => !IsSmoothing(name, v)))
            {
                var gradient = f.Gradient(v, e);
                all = all.Concat(gradient).Concat(f.Differential(v, Formula.Pm(60 + v.Index, v.Dim)));
                if (name != "SoftDTW_SqDist") all = all.Concat(gradient.Gradient(v, Formula.Pm(70 + v.Index, v.Dim)));
            }

            var problem = EngineProblem.Create(
                "Sum", all, ElementType.Float64, 3, 1, (v, at) => v.Index < 50 ? c.Value(v, at) : DerivativeCase.Vector(v, at));
            problem.Run().AssertNear(problem.Expect(), 1e-12);
        }
    }

    [Fact]
    public void Second_derivatives_of_soft_time_warping_are_refused()
    {
        var c = DerivativeCase.Of("SoftDTW_SqDist", 0).First();
        var (x, y, gamma) = (c.Arguments[0], c.Arguments[1], c.Arguments[2]);
        Assert.Contains("smoothing parameter", Assert.Throws<FormulaException>(() => c.Formula.Gradient(gamma, 1)).Message,
            StringComparison.Ordinal);
        Assert.Contains("smoothing parameter", Assert.Throws<FormulaException>(() => c.Formula.Differential(gamma, 1)).Message,
            StringComparison.Ordinal);
        foreach (var v in new[] { x, y, gamma })
        {
            var error = Assert.Throws<FormulaException>(() => c.Formula.Gradient(x, 1).Gradient(v, Formula.Pm(9, x.Dim)));
            Assert.Contains("SoftDTW_SqDistGradX has no derivative", error.Message, StringComparison.Ordinal);
        }
    }

    static bool IsSmoothing(string name, Variable v) => name == "SoftDTW_SqDist" && v.Index == 2;

    static double[] Basis(int dim, int k) => [.. Enumerable.Range(0, dim).Select(n => n == k ? 1.0 : 0)];

    /// <summary>The derivative of a formula's value as v moves along a direction.</summary>
    static double[] Along(DerivativeCase c, Formula formula, Variable v, double[] direction)
    {
        var (near, far) = (At(1).Zip(At(-1), (a, b) => a - b), At(2).Zip(At(-2), (a, b) => a - b));
        return [.. near.Zip(far, (a, b) => (8 * a - b) / (12 * Step))];

        double[] At(int steps) => c.Evaluate(formula, v, [.. direction.Select(d => d * steps * Step)]);
    }

    static void Near(double[] expected, double[] got, double tolerance, string what)
    {
        Assert.Equal(expected.Length, got.Length);
        for (var k = 0; k < got.Length; k++)
        {
            if (!(Math.Abs(got[k] - expected[k]) <= tolerance * (1 + Math.Abs(expected[k]))))
                Assert.Fail($"{what}, component {k}: {got[k]:R}, expected {expected[k]:R}.");
        }
    }
}
