using CsCheck;
using Distributed.Keops.Kernels.Formulas;
using Xunit;
using static Distributed.Keops.Kernels.Tests.Formulas.Formulary;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class FormulaPrinterTests
{
    [Fact]
    public void Text_parses_back_to_an_equal_formula() =>
        Any.Sample(f => FormulaParser.Parse(f.ToString()).Equals(f), iter: 20_000);

    [Fact]
    public void Text_of_gradients_parses_back_to_an_equal_formula() =>
        Any.Sample(f =>
        {
            var gradient = f.Gradient(X.AsVariable!.Value, f);
            return FormulaParser.Parse(gradient.ToString()).Equals(gradient);
        }, iter: 2_000);

    [Theory]
    [InlineData("(x-y)-(x+y)", "Var(0,3,0)-Var(1,3,1)-(Var(0,3,0)+Var(1,3,1))")]
    [InlineData("-(x*y)", "-(Var(0,3,0)*Var(1,3,1))")]
    [InlineData("-x*y", "-Var(0,3,0)*Var(1,3,1)")]
    [InlineData("x/(y*p)", "Var(0,3,0)/(Var(1,3,1)*Var(2,1,2))")]
    [InlineData("x*3", "3*Var(0,3,0)")]
    [InlineData("x+IntCst(-3)", "Var(0,3,0)+IntCst(-3)")]
    [InlineData("IntCst(1)/3*x", "RatCst(1,3)*Var(0,3,0)")]
    [InlineData("(x<y)<p", "(Var(0,3,0)<Var(1,3,1))<Var(2,1,2)")]
    [InlineData("x<(y<p)", "Var(0,3,0)<(Var(1,3,1)<Var(2,1,2))")]
    [InlineData("(x|y)*p", "(Var(0,3,0)|Var(1,3,1))*Var(2,1,2)")]
    [InlineData("Pow(x+y,-3)", "Pow(Var(0,3,0)+Var(1,3,1),-3)")]
    [InlineData("TensorDot(x,y,[3],[3],[],[],(1,0))", "TensorDot(Var(0,3,0),Var(1,3,1),[3],[3],[],[],[1,0])")]
    public void Parentheses_stand_only_where_they_are_needed(string text, string printed)
    {
        var formula = Parse(text);
        Assert.Equal(printed, formula.ToString());
        Assert.Equal(formula, FormulaParser.Parse(printed));
    }

    [Fact]
    public void The_deepest_tree_parses_back()
    {
        var formula = X;
        while (formula.Depth < Formula.MaxDepth - 1) formula = Y - formula.Sin();
        Assert.Equal(formula, FormulaParser.Parse(formula.ToString()));
    }

    [Fact]
    public void A_tree_shows_dimensions_and_names_what_occurs_again() => Assert.Equal(
        """
        Mult  [1]  #1
          Exp  [1]  #2
            SqNorm2  [1]  #3
              Var(0, 3, 0)  [3]
          SqNorm2  [1]  = #3 above

        """, FormulaTree.Print(X.SqNorm2().Exp() * X.SqNorm2()));
}
