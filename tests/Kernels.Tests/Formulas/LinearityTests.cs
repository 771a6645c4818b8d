using Distributed.Keops.Kernels.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

/// <summary>What a formula's tree says of its dependence on one variable.</summary>
public sealed class LinearityTests
{
    static readonly AliasList Aliases = AliasList.Parse("x=Vi(3)", "y=Vj(3)", "b=Vj(3)", "s=Vj(1)", "A=Pm(9)", "g=Pm(1)");

    [Theory]
    [InlineData("Exp(-g*SqDist(x,y))*b", "b", true)]
    [InlineData("Exp(-g*SqDist(x,y))*b+b/2", "b", true)]
    [InlineData("MatVecMult(A,b)", "b", true)]
    [InlineData("(x|b)*y", "b", true)]
    [InlineData("Concat(Elem(b,0),Sum(b))", "b", true)]
    [InlineData("Grad(Exp(-g*SqDist(x,y)),x,s)", "s", true)]
    [InlineData("Exp(-g*SqDist(x,y))*b+x", "b", false)]
    [InlineData("b*b", "b", false)]
    [InlineData("SqNorm2(b)*b", "b", false)]
    [InlineData("Exp(-g*SqDist(x,y))*b", "x", false)]
    [InlineData("Abs(b)", "b", false)]
    [InlineData("b+Sign(b)", "b", false)]
    [InlineData("b+Round(b,0)", "b", false)]
    [InlineData("b+Step(b)", "b", false)]
    [InlineData("b*Mod(s,2,0)", "b", true)]
    [InlineData("Mod(b,2,0)", "b", false)]
    [InlineData("IfElse(x,b,-b)", "b", true)]
    [InlineData("IfElse(b,x,x)", "b", false)]
    [InlineData("Exp(-g*SqDist(x,y))", "b", false)]
    public void A_formula_is_linear_where_it_scales_and_adds(string text, string variable, bool linear) =>
        Assert.Equal(linear, Formula(text).IsLinear(Aliases.Find(variable)!.Value));

    [Theory]
    [InlineData("Exp(-g*SqDist(x,y))*b", "b", true)]
    [InlineData("x*y*b+b", "b", true)]
    [InlineData("Exp(-g*SqDist(x,y))*s", "s", true)]
    [InlineData("MatVecMult(A,b)", "b", false)]
    [InlineData("(x|b)*y", "b", false)]
    [InlineData("Sum(b)*x", "b", false)]
    [InlineData("x*s", "s", false)]
    [InlineData("Elem(b,1)", "b", false)]
    public void Components_stay_apart_in_point_wise_operations_only(string text, string variable, bool pointWise) =>
        Assert.Equal(pointWise, Formula(text).IsPointWiseIn(Aliases.Find(variable)!.Value));

    static Formula Formula(string text) => FormulaParser.Parse(text, Aliases);
}
