using CsCheck;
using Distributed.Keops.Kernels.Formulas;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class SimplificationTests
{
    [Theory]
    [InlineData("x-x", "Zero(3)")]
    [InlineData("0*x", "Zero(3)")]
    [InlineData("x*Zero(3)", "Zero(3)")]
    [InlineData("p*Zero(3)", "Zero(3)")]
    [InlineData("x+0", "x")]
    [InlineData("0-x", "Minus(x)")]
    [InlineData("p+Zero(3)", "SumT(p,3)")]
    [InlineData("p-Zero(3)", "SumT(p,3)")]
    [InlineData("x*1", "x")]
    [InlineData("x*-1", "-x")]
    [InlineData("x/1", "x")]
    [InlineData("0/x", "Zero(3)")]
    [InlineData("x+x", "2*x")]
    [InlineData("x*x", "Square(x)")]
    [InlineData("--x", "x")]
    [InlineData("(-x)*(-y)", "x*y")]
    [InlineData("x--y", "x+y")]
    [InlineData("-(x-y)", "y-x")]
    [InlineData("2*(3*x)", "6*x")]
    [InlineData("2*-(3*x)", "-6*x")]
    [InlineData("IntCst(2)*IntCst(3)+IntCst(1)", "IntCst(7)")]
    [InlineData("IntCst(2)/IntCst(6)+IntCst(1)", "RatCst(4,3)")]
    [InlineData("RatCst(2,-4)", "RatCst(-1,2)")]
    [InlineData("IntCst(0)", "Zero(1)")]
    [InlineData("(x|x)", "SqNorm2(x)")]
    [InlineData("Sum(x*y)", "x|y")]
    [InlineData("Sum(p*x)", "p*Sum(x)")]
    [InlineData("Sum(Square(x))", "SqNorm2(x)")]
    [InlineData("Sum(SumT(p,4))", "4*p")]
    [InlineData("(p|x)", "p*Sum(x)")]
    [InlineData("SumT(p,3)*x", "p*x")]
    [InlineData("x-SumT(p,3)", "x-p")]
    [InlineData("Elem(Concat(x,y),4)", "Elem(y,1)")]
    [InlineData("Extract(ExtractT(x,2,7),3,2)", "Extract(x,1,2)")]
    [InlineData("Extract(ExtractT(x,2,7),0,2)", "Zero(2)")]
    [InlineData("Pow(x,2)", "Square(x)")]
    [InlineData("Pow(x,1)", "x")]
    [InlineData("Pow(x,0)", "SumT(IntCst(1),3)")]
    [InlineData("Square(-x)", "Square(x)")]
    [InlineData("1/(1/x)", "x")]
    [InlineData("ComplexReal(Real2Complex(x))", "x")]
    [InlineData("ComplexImag(Real2Complex(x))", "Zero(3)")]
    [InlineData("Max(p)", "p")]
    [InlineData("ArgMin(p)", "Zero(1)")]
    public void Formulas_become_simpler(string text, string expected) => Assert.Equal(Parse(expected), Parse(text));

    [Theory]
    [InlineData("2147483647*(2*x)")]
    [InlineData("2147483647+IntCst(1)*x")]
    [InlineData("IntCst(2147483647)+IntCst(1)")]
    public void Constants_that_do_not_fit_stay_as_they_are(string text)
    {
        var formula = Parse(text);
        Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
    }

    /// <summary>One exponential a row each is less than one a pair.</summary>
    [Fact]
    public void Exponentials_of_either_side_stay_two() =>
        Assert.Equal(["Exp", "Exp"], Parse("Exp(x)*Exp(y)").Arguments.Select(f => f.Operation.Name));

    [Fact]
    public void Simplified_formulas_have_the_same_dimension_as_stated() => Any.Sample(f =>
    {
        var value = ProgramInterpreter.Compile(f)(v => [.. Enumerable.Range(0, v.Dim).Select(k => 0.3 + k * 0.4 - v.Index * 0.2)]);
        return value.Length == f.Dim;
    }, iter: 5_000);
}
