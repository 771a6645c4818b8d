using CsCheck;
using Distributed.Keops.Kernels.Formulas;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class DerivativesTests
{
    static readonly Dictionary<int, double[]> Rows = new()
    {
        [0] = [0.31, -0.52, 0.78],
        [1] = [0.64, 0.25, 0.43],
        [2] = [1.37],
        [3] = [0.57],
        [4] = [0.11, -0.23, 0.35, 0.47, -0.58, 0.69],
    };

    /// <summary>Formulas that together contain every operation, each away from its kinks.</summary>
    public static TheoryData<string> Smooth =>
    [
        "x+p", "p-x*y", "x/y-p/x", "-x*p", "Exp(x*y)", "Log(y+p)", "XLogX(y)*p", "Sin(x*p)", "Cos(x-y)", "SinXDivX(x-p)", "Asin(x)",
        "Acos(x*y)",
        "Atan(x*p)", "Atan2(x,y)", "Atan2(p,x)", "Square(x-p)", "Pow(x,3)", "Pow(y+p,-2)", "Powf(y,p)", "Powf(p,x)", "Inv(x)*y",
        "Sqrt(y*p)", "Rsqrt(y+p)",
        "Abs(x)*p", "Sign(x)*y", "Step(x)*x", "ReLU(x-s)*y", "Floor(3*x)*x", "Round(x,1)+x", "Mod(x,s,p)", "ClampInt(5*x,-1,2)",
        "Clamp(x,y,p)", "Clamp(x,-1,s)",
        "Clamp(p,x,2*y+1/p)", "Equal(x,y)*x", "NotEqual(x,y)*x", "(x<y)*x", "(x<=p)*x", "IfElse(x,y,p*x)", "IfElse(p-1,x,y)", "Sum(x*y*p)",
        "SumT(p,3)*Sum(x)",
        "Concat(x,p)*SumT(s,4)", "Extract(x,1,2)*Extract(y,0,2)", "ExtractT(x*y,1,5)", "ElemT(p,4,2)", "Elem(x,1)*y", "Max(x*y)",
        "Min(x-y)", "ArgMax(x)*x",
        "ArgMin(y)*x", "OneHot(p,3)*x", "(x|y)*p", "SqNorm2(x-y)*p", "Norm2(x-y)", "Normalize(x)*y", "SqDist(x,y)*s", "SqDist(x,p)",
        "WeightedSqNorm(p,x)",
        "WeightedSqNorm(y,x)", "WeightedSqDist(Concat(x,m),x,y)", "MatVecMult(m,x)", "VecMatMult(x,m)", "TensorProd(x,m)",
        "Kron(m,x,[3,2],[1,3])",
        "TensorDot(m,TensorProd(x,y),[2,3],[3,3],[1],[0])", "TensorDot(TensorProd(x,m),m,[3,2,3],[3,2],[1,0],[1,0])",
        "TensorDot(TensorProd(x,m),m,[3,2,3],[2,3],[1],[0],[2,0,1])", "ComplexMult(m,m)", "ComplexDivide(Extract(m,0,2),Extract(m,2,4))",
        "ComplexAbs(m)",
        "ComplexAngle(m)", "ComplexExp(m)", "ComplexExp1j(x)", "ComplexReal(m)*x", "ComplexImag(m)*x", "ComplexSum(Conj(m))",
        "Complex(p,x)", "ComplexRealScal(p,m)",
        "BSpline(Concat(-1-y,Concat(x,Square(y)+1)),p/3,2)", "SoftDTW_SqDist(x,m,p)", "SoftDTW_SqDist(m,y,p)*s",
        "Exp(-SqDist(x,y)*p)*s", "Grad(Exp(-SqDist(x,y)*p)*s,x,p*s)", "Grad(Normalize(x*y),y,x)", "Grad(MatVecMult(m,x),m,Extract(x,0,2))",
        "Grad(Powf(y,p),y,x*x)", "Grad(ComplexAbs(m),m,x)", "Grad(TensorDot(m,m,[2,3],[2,3],[1],[1]),m,Extract(m,0,4))",
        "Diff(Exp(x*y)*p,x,y)", "GradMatrix(Sin(x*p)|y,x)",
    ];

    [Theory]
    [MemberData(nameof(Smooth))]
    public void Gradients_are_those_of_finite_differences(string text)
    {
        var formula = Parse(text);
        var weights = Enumerable.Range(0, formula.Dim).Select(k => 0.4 + 0.3 * k * (k % 2 == 0 ? 1 : -1)).ToArray();
        var cotangent = Formula.Pm(50, formula.Dim);
        foreach (var variable in formula.Variables())
        {
            if (text.StartsWith("SoftDTW", StringComparison.Ordinal) && variable.Index == 2) continue;
            var gradient = ProgramInterpreter.Compile(formula.Gradient(variable, cotangent))(v => v.Index == 50 ? weights : Rows[v.Index]);
            var evaluate = ProgramInterpreter.Compile(formula);
            for (var k = 0; k < variable.Dim; k++)
            {
                const double Step = 1e-5;
                var difference = (Loss(Step) - Loss(-Step)) / (2 * Step);
                Assert.True(
                    Math.Abs(gradient[k] - difference) < 2e-7 * (1 + Math.Abs(difference)),
                    $"by {variable}, {k}: {gradient[k]}, by differences {difference}");

                double Loss(double step) => evaluate(v =>
                {
                    var row = Rows[v.Index].ToArray();
                    if (v == variable) row[k] += step;
                    return row;
                }).Zip(weights, (a, b) => a * b).Sum();
            }
        }
    }

    [Fact]
    public void The_formulas_above_contain_every_operation()
    {
        var used = Smooth.SelectMany(row => Names(Parse(row.Data)))
            .Concat(["IntCst", "SoftDTW_SqDistGradX", "SoftDTW_SqDistGradY"]).ToHashSet();
        Assert.DoesNotContain(Operations.All.OfType<Operation>(), o => !used.Contains(o.Name));

        static IEnumerable<string> Names(Formula f) => f.Arguments.SelectMany(Names).Append(f.Operation.Name);
    }

    [Fact]
    public void What_several_places_share_is_differentiated_once()
    {
        // Each level uses the one below twice: 2^8 paths, 25 distinct nodes, and a gradient in proportion.
        var f = Formula.Vi(0, 1);
        for (var k = 0; k < 8; k++) f = f.Sin() * f.Cos();
        Assert.True(Distinct(f.Gradient(new Variable(0, 1, Category.I), 1)).Count < 120);

        static HashSet<Formula> Distinct(Formula f)
        {
            var seen = new HashSet<Formula>();
            var pending = new Stack<Formula>([f]);
            while (pending.TryPop(out var node))
                if (seen.Add(node))
                    foreach (var argument in node.Arguments) pending.Push(argument);
            return seen;
        }
    }

    [Fact]
    public void The_forward_derivative_is_the_transpose_of_the_gradient() => Any.Sample(f =>
    {
        var x = X.AsVariable!.Value;
        var e = Formula.Pm(50, f.Dim);
        var forward = e | f.Differential(x, Y);
        var reverse = f.Gradient(x, e) | Y;
        double[] Row(Variable v) => v.Index == 50 ? [.. Enumerable.Range(1, v.Dim).Select(k => k * 0.7)] : Rows[v.Index];
        var (a, b) = (ProgramInterpreter.Compile(forward)(Row)[0], ProgramInterpreter.Compile(reverse)(Row)[0]);
        Assert.True(
            !double.IsFinite(a) || !double.IsFinite(b) || Math.Abs(a - b) <= 1e-6 * (1 + Math.Abs(a) + Math.Abs(b)), $"{f}: {a} and {b}");
    }, iter: 3_000);

    [Theory]
    [InlineData("Floor(x)")]
    [InlineData("Sign(x)")]
    [InlineData("Step(x)")]
    [InlineData("Round(x,2)")]
    [InlineData("x<y")]
    [InlineData("Equal(x,y)")]
    [InlineData("ArgMax(x)")]
    [InlineData("OneHot(Elem(x,0),4)")]
    [InlineData("y*p")]
    public void Gradients_that_vanish_are_zero_by_construction(string text)
    {
        var formula = Parse(text);
        Assert.Equal(Formula.Zero(3), formula.Gradient(X.AsVariable!.Value, Formula.Vi(9, formula.Dim)));
    }

    [Theory]
    [InlineData("Grad(SoftDTW_SqDist(x,y,p),p,s)", "smoothing")]
    [InlineData("Grad(Grad(SoftDTW_SqDist(x,y,p),x,s),y,x)", "no derivative")]
    public void Derivatives_that_do_not_exist_are_refused(string text, string part) =>
        Assert.Contains(part, Assert.Throws<FormulaException>(() => Parse(text)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Grad(x*s,x)", "Var(3,1,1)*Var(4,3,1)")]
    [InlineData("Grad(x*s,s)", "Var(0,3,0)|Var(4,3,0)")]
    public void A_missing_cotangent_is_the_next_variable_of_the_other_side(string text, string expected) =>
        Assert.Equal(FormulaParser.Parse(expected), Parse(text));

    [Fact]
    public void A_divergence_costs_one_component_each()
    {
        var formula = FormulaParser.Parse("Divergence(Sin(Var(0,100,0)*Var(1,100,1)),Var(0,100,0))");
        var inputs = new ProgramInterpreter.Inputs();
        var program = Programs.ProgramBuilder.Build(FormulaLowering.Lower(formula, inputs.Builder, inputs.Declare));
        Assert.True(program.Values.Sum(v => (long)v.Length) < 2_000, "one component at a time");
    }
}
