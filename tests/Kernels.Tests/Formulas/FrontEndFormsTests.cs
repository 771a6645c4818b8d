using System.Reflection;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>
/// Every spelling that KeOps' front end sends to its core, variables written out.
/// </summary>
public class FrontEndFormsTests
{
    const string X3 = "Var(0,3,0)", Y3 = "Var(1,3,1)", P1 = "Var(2,1,2)", S1 = "Var(3,1,1)", M6 = "Var(4,6,0)";

    /// <summary>The text, and the dimension of its value.</summary>
    public static TheoryData<string, int> Forms
    {
        get
        {
            var forms = new TheoryData<string, int>();
            string[] unary =
            [
                "Minus", "Abs", "Exp", "Log", "XLogX", "Cos", "Sin", "SinXDivX", "Asin", "Acos", "Atan", "Sqrt", "Rsqrt", "Inv", "Square",
                "Sign", "Step", "ReLU", "Floor",
                "Normalize", "AutoFactorize",
            ];
            foreach (var name in unary) forms.Add($"{name}({X3})", 3);
            foreach (var name in new[] { "SqNorm2", "Norm2", "Sum", "Max", "Min", "ArgMax", "ArgMin" }) forms.Add($"{name}({X3})", 1);
            foreach (var symbol in new[] { "+", "-", "*", "/", "<", "<=", ">", ">=" })
            {
                forms.Add($"({X3} {symbol} {Y3})", 3);
                forms.Add($"({P1} {symbol} {Y3})", 3);
                forms.Add($"({X3} {symbol} IntCst(-2))", 3);
            }

            foreach (var name in new[] { "Atan2", "Powf", "Equal", "NotEqual", "Factorize" }) forms.Add($"{name}({X3}, {Y3})", 3);
            foreach (var name in new[] { "Powf", "Atan2", "Equal", "NotEqual" }) forms.Add($"{name}({P1}, {Y3})", 3);
            foreach (var name in new[] { "Clamp", "IfElse", "Mod" })
            {
                forms.Add($"{name}({X3}, {Y3}, {P1})", 3);
                forms.Add($"{name}({X3}, IntCst(2), IntCst(0))", 3);
            }

            (string Text, int Dim)[] others =
            [
                ($"({X3} | {Y3})", 1), ($"Pow({X3},-3)", 3), ($"Pow({X3},0)", 3), ($"ClampInt({X3},-1,2)", 3), ($"Round({X3},3)", 3),
                ($"Round({X3},-1)", 3),
                ($"SqDist({X3}, {Y3})", 1), ($"WeightedSqNorm({P1}, {X3})", 1), ($"WeightedSqNorm({Y3}, {X3})", 1),
                ($"WeightedSqNorm({Y3}, ({X3} - {Y3}))", 1),
                ($"SoftDTW_SqDist({X3}, {M6}, {P1})", 1), ($"Elem({X3},2)", 1), ($"Extract({X3},1,2)", 2), ($"OneHot({P1},4)", 4),
                ($"ElemT({P1},4,2)", 4),
                ($"ExtractT({X3},1,5)", 5), ($"SumT({P1},3)", 3), ($"BSpline({M6}, {P1}, 2)", 3), ($"BSpline({M6}, {P1}, 0)", 5),
                ($"Concat({X3}, {M6})", 9),
                ($"MatVecMult({M6}, {X3})", 2), ($"VecMatMult({X3}, {M6})", 2), ($"TensorProd({X3}, {M6})", 18),
                ($"TensorDot({M6}, {M6}, [2,3], [2,3], [0,1], [0,1])", 1), ($"TensorDot({M6}, {X3}, [2,3], [3], [1], [0])", 2),
                ($"TensorDot({M6}, {X3}, [2,3], [3], [], [])", 18), ($"TensorDot({M6}, {X3}, [2,3], [3], [], [], [2,0,1])", 18),
                ($"TensorDot({P1}, {X3}, [1], [3], [], [], [0,1])", 3),
                ($"TensorDot({X3}, {Y3}, [3], [3], (0,), (0,))", 1), ($"Kron({M6}, {X3}, [2,3], [3,1])", 18),
                ($"Kron({M6}, {X3}, (2, 3), (1, 3))", 18),
                ($"Grad({X3}*{P1}, {X3}, {Y3})", 3), ($"Grad(SqDist({X3}, {Y3}), {Y3}, {S1})", 3), ($"Grad(({X3} * {S1}),{X3})", 3),
                ($"Diff({X3}*{P1}, {P1}, {S1})", 3),
                ($"GradMatrix(Sin({X3}),{X3})", 9), ($"GradMatrix(({X3} | {Y3}),{X3})", 3), ($"Divergence(Sin({X3}), {X3})", 1),
                ($"Laplacian(SqNorm2({X3}), {X3})", 1),
                ($"TraceOperator(({Y3} * Var(-0-1,3,0)), Var(-0-1,3,0))", 1), ($"TraceOperator(({Y3} * Var(-1,3,0)), Var(-1,3,0))", 1),
                ($"ComplexReal({M6})", 3), ($"ComplexImag({M6})", 3), ($"ComplexAngle({M6})", 3), ($"ComplexAbs({M6})", 3),
                ($"ComplexSquareAbs({M6})", 3), ($"Conj({M6})", 6),
                ($"ComplexSum({M6})", 2), ($"ComplexSumT(Real2Complex({P1}),6)", 6), ($"ComplexExp({M6})", 6), ($"ComplexExp1j({X3})", 6),
                ($"Real2Complex({X3})", 6),
                ($"Imag2Complex({X3})", 6), ($"ComplexRealScal({P1}, {M6})", 6), ($"ComplexMult({M6}, {M6})", 6),
                ($"ComplexMult(Real2Complex({P1}), {M6})", 6),
                ($"ComplexAdd({M6}, {M6})", 6), ($"ComplexSubtract({M6}, {M6})", 6), ($"ComplexDivide({M6}, {M6})", 6),
                ("IntCst(-1)", 1), ("IntCst(0)", 1), ($"(IntCst(1)/IntCst(3))*{X3}", 3), ($"IntInv(3)*{X3}", 3), ($"RatCst(-1,3)*{X3}", 3),
                ($"Zero(3)+{X3}", 3),
                ($"Exp((-(SqDist({X3}, {Y3}) / {P1}))) * Var(5,2,1)", 2),
            ];
            foreach (var (text, dim) in others) forms.Add(text, dim);
            return forms;
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Every_spelling_is_read_and_comes_back(string text, int dim)
    {
        var formula = FormulaParser.Parse(text);
        Assert.Equal(dim, formula.Dim);
        Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
        Assert.Equal(formula, ReductionText.Parse($"Sum_Reduction({text},0)").Formula);
    }

    [Theory]
    [InlineData("Sum", "0")]
    [InlineData("Min", "1")]
    [InlineData("Max", "0")]
    [InlineData("ArgMin", "0")]
    [InlineData("ArgMax", "1")]
    [InlineData("Min_ArgMin", "0")]
    [InlineData("Max_ArgMax", "0")]
    [InlineData("KMin", "3,0")]
    [InlineData("ArgKMin", "3,1")]
    [InlineData("KMin_ArgKMin", "3,0")]
    [InlineData("Max_SumShiftExp", "0")]
    [InlineData("LogSumExp", "0")]
    [InlineData("LogSumExp", "0,Var(1,3,1)")]
    [InlineData("Max_SumShiftExpWeight", "0,Concat(IntCst(1),Var(1,3,1))")]
    [InlineData("LogSumExpWeight", "1,Var(1,3,1)")]
    [InlineData("SumSoftMaxWeight", "0,Concat(IntCst(1),Var(1,3,1))")]
    [InlineData("SoftMax", "0,Var(1,3,1)")]
    public void Every_reduction_is_read_and_comes_back(string name, string parameters)
    {
        var reduction = ReductionText.Parse($"{name}_Reduction(SqDist({X3}, {Y3}),{parameters})");
        Assert.Equal(name, reduction.Kind.Name);
        Assert.Equal(reduction, ReductionText.Parse(ReductionText.Print(reduction)));
    }

    public static TheoryData<string> Builders =>
        [.. typeof(Formula).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static)
            .Where(IsBuilder).Select(Describe).Distinct()];

    [Theory]
    [MemberData(nameof(Builders))]
    public void Every_method_that_builds_a_formula_prints_what_is_read_as_equal(string builder)
    {
        var method = typeof(Formula).GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static).Single(m
            => IsBuilder(m) && Describe(m) == builder);
        var built = 0;
        foreach (var self in method.IsStatic ? [X] : new[] { X, P, M })
        {
            foreach (var arguments in Choices(method.GetParameters()))
            {
                Formula formula;
                try
                {
                    formula = (Formula)method.Invoke(method.IsStatic ? null : self, arguments)!;
                }
                catch (TargetInvocationException error) when (error.InnerException is FormulaException)
                {
                    continue;
                }

                built++;
                Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
            }
        }

        Assert.True(built > 0, $"{builder} built nothing.");
    }

    /// <summary>A method whose arguments are formulas and integers; the others rewrite a formula that is there.</summary>
    static bool IsBuilder(MethodInfo method) =>
        method.ReturnType == typeof(Formula) && method.Name != nameof(Formula.Replace)
        && method.GetParameters().All(p => p.ParameterType == typeof(Formula) || p.ParameterType == typeof(int));

    static string Describe(MethodInfo method)
        => $"{method.Name}({string.Join(',', method.GetParameters().Select(p => p.ParameterType.Name))})";

    static IEnumerable<object[]> Choices(ParameterInfo[] parameters)
    {
        object[] numbers = [0, 1, 2, 3, 6, -2], formulas = [X, Y, P, S, M];
        return parameters.Aggregate<ParameterInfo, IEnumerable<object[]>>(
            [[]], (all, p) => all.SelectMany(head => (p.ParameterType == typeof(int) ? numbers : formulas).Select(last
                => (object[])[.. head, last])));
    }
}
