using Distributed.Keops.Kernels.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class EdgeValueTests
{
    const double NaN = double.NaN, Inf = double.PositiveInfinity;

    [Theory]
    [InlineData("Step(x)", 0, 1)]
    [InlineData("Step(x)", NaN, 1)]
    [InlineData("Step(x)", -1, 0)]
    [InlineData("Sign(x)", 0, 0)]
    [InlineData("Sign(x)", NaN, 0)]
    [InlineData("ReLU(x)", NaN, NaN)]
    [InlineData("Rsqrt(x)", 0, 0)]
    [InlineData("Rsqrt(x)", -1, NaN)]
    [InlineData("Inv(x)", 0, Inf)]
    [InlineData("Log(x)", 0, -Inf)]
    [InlineData("XLogX(x)", 0, 0)]
    [InlineData("XLogX(x)", -1, NaN)]
    [InlineData("SinXDivX(x)", 0, 1)]
    [InlineData("Round(x,0)", 0.5, 1)]
    [InlineData("Round(x,0)", -0.5, -1)]
    [InlineData("Round(x,0)", 2.5, 3)]
    [InlineData("Round(x,0)", 0.49999999999999994, 0)]
    [InlineData("Round(x,0)", 4503599627370497.0, 4503599627370497.0)]
    [InlineData("Round(x,0)", Inf, Inf)]
    [InlineData("Round(x,0)", NaN, NaN)]
    [InlineData("Round(x,-1)", 15, 20)]
    [InlineData("Pow(x,0)", 0, 1)]
    [InlineData("Pow(x,-1)", 0, Inf)]
    [InlineData("IfElse(x,7,9)", 0, 7)]
    [InlineData("IfElse(x,7,9)", NaN, 9)]
    [InlineData("ClampInt(x,-1,2)", NaN, NaN)]
    [InlineData("Clamp(x,3,1)", 2, 3)]
    [InlineData("Clamp(x,3,1)", 4, 1)]
    [InlineData("Mod(x,3,0)", -1, 2)]
    [InlineData("Mod(x,-3,0)", 1, -2)]
    [InlineData("Mod(x,Zero(1),0)", 1, NaN)]
    [InlineData("NotEqual(x,x)", NaN, 1)]
    [InlineData("Elem(OneHot(x,3),0)", -0.4, 1)]
    [InlineData("Elem(OneHot(x,3),0)", -1.4, 1)]
    [InlineData("Elem(OneHot(x,3),1)", 0.5, 1)]
    [InlineData("Sum(OneHot(x,3))", 3, 0)]
    [InlineData("Grad(Sqrt(x),x,1)", 0, 0)]
    [InlineData("Grad(Abs(x),x,1)", 0, 0)]
    [InlineData("Grad(ReLU(x),x,1)", 0, 1)]
    [InlineData("Grad(SinXDivX(x),x,1)", 0, NaN)]
    [InlineData("Grad(Asin(x),x,1)", 1, 0)]
    [InlineData("Grad(XLogX(x),x,1)", 0, -Inf)]
    [InlineData("Grad(ClampInt(x,0,2),x,1)", 2, 1)]
    [InlineData("Grad(Clamp(x,IntCst(1),IntCst(2)),x,1)", 1, 1)]
    [InlineData("Elem(Grad(Norm2(Concat(x,x)),x,1)*Concat(x,x),0)", 0, 0)]
    [InlineData("Sum(Normalize(Concat(x,x)))", 0, 0)]
    [InlineData("IntCst(1)/IntCst(3)+0*x", 5, 1.0 / 3)]
    public void Values_at_the_edges(string text, double x, double expected)
    {
        var formula = FormulaParser.Parse(text, AliasList.Parse("x = Vi(1)"));
        Assert.Equal(expected, ProgramInterpreter.Compile(formula)(_ => [x])[0]);
    }

    [Fact]
    public void Extrema_of_a_vector_prefer_the_first()
    {
        var aliases = AliasList.Parse("x = Vi(4)");
        double[] Value(string text, params double[] x) => ProgramInterpreter.Compile(FormulaParser.Parse(text, aliases))(_ => x);
        Assert.Equal([1], Value("ArgMax(x)", 1, 5, 5, 2));
        Assert.Equal([2], Value("ArgMin(x)", 4, 3, 1, 1));
        Assert.Equal([0, 1, 0, 0], Value("Grad(Max(x),x,1)", 1, 5, 5, 2));
        Assert.Equal([5], Value("Max(x)", 1, NaN, 5, 2));
    }
}
