using Distributed.Keops.Kernels.Formulas;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Formulas;

public class AliasListTests
{
    [Fact]
    public void Positions_are_places_in_the_list_unless_they_are_written()
    {
        Assert.Equal(
            [new Alias("x", new(0, 3, Category.I)), new Alias("y", new(1, 2, Category.J)), new Alias("p", new(2, 1, Category.Parameter))],
            AliasList.Parse("x=Vi(3)", " y = Vj( 2 ) ", "p = Pm(1)").Aliases);
        Assert.Equal(
            [new Alias("b", new(0, 2, Category.J)), new Alias("x", new(1, 3, Category.I)),
                new Alias(null, new(2, 4, Category.J)), new Alias(null, new(3, 5, Category.I))],
            AliasList.Parse("x=Vi(1,3)", "Vj(2,4)", "b=Vj(0,2)", "Var(3,5,0)").Aliases);
        Assert.Equal(
            [new Alias("x", new(0, 3, Category.I)), new Alias(null, new(1, 2, Category.Parameter))],
            AliasList.Parse("x=Vi(3)", "Pm(2)").Aliases);
    }

    [Fact]
    public void Variables_that_only_formulas_name_come_after_the_declared_ones()
    {
        var aliases = AliasList.Parse("x=Vi(3)", "unused=Vj(2)");
        var formula = FormulaParser.Parse("x*Var(2,3,1)+Var(-1,3,2)", aliases);
        Assert.Equal([0, 1, 2], aliases.ArgumentsFor(formula).Select(a => a.Variable.Index));
        Assert.Throws<FormulaException>(() => aliases.ArgumentsFor(Formula.Vj(0, 3)));
    }

    [Theory]
    [InlineData("x = Vx(3)")]
    [InlineData("x = Vi()")]
    [InlineData("x = Vi(0)")]
    [InlineData("x = Vi(-1,3)")]
    [InlineData("x = Vi(1,2,3)")]
    [InlineData("x = Vi(3) + 1")]
    [InlineData("x = 3")]
    [InlineData("Vi()")]
    [InlineData("Vi(2147483647-(-1),3)")]
    [InlineData("Var(2147483647+1,3,0)")]
    [InlineData("x = Vi(3)\0")]
    [InlineData("3 = Vi(3)")]
    [InlineData("")]
    public void Declarations_that_can_not_be_read_are_refused_with_a_position(string text) =>
        Assert.True(Assert.Throws<FormulaException>(() => AliasList.Parse(text)).Position >= 0);

    [Theory]
    [InlineData("x=Vi(3)", "x=Vj(3)")]
    [InlineData("x=Vi(3)", "y=Vi(0,3)")]
    public void Names_and_positions_are_declared_once(string first, string second) =>
        Assert.Throws<FormulaException>(() => AliasList.Parse(first, second));

    [Fact]
    public void One_position_has_one_meaning() =>
        Assert.Throws<FormulaException>(() => FormulaParser.Parse("Var(0,3,0)|Var(0,3,1)").Variables());
}
