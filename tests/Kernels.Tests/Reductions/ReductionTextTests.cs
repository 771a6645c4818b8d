using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Reductions;

public class ReductionTextTests
{
    static readonly AliasList Aliases = AliasList.Parse("x = Vi(3)", "y = Vj(3)", "b = Vj(2)");

    [Theory]
    [InlineData("Sum_Reduction(Exp(-SqDist(x,y))*b,0)", "Sum", 1, null, false)]
    [InlineData("ArgMin_Reduction(SqDist(x,y),1)", "ArgMin", 0, null, false)]
    [InlineData("KMin_ArgKMin_Reduction(SqDist(x,y),4,0)", "KMin_ArgKMin", 1, 4, false)]
    [InlineData("LogSumExp_Reduction(x|y,0)", "LogSumExp", 1, null, false)]
    [InlineData("LogSumExp_Reduction(x|y,0,b)", "LogSumExp", 1, null, true)]
    [InlineData("LogSumExp_Reduction(x|y,0,1)", "LogSumExp", 1, null, true)]
    [InlineData("Max_SumShiftExpWeight_Reduction(x|y,1,b)", "Max_SumShiftExpWeight", 0, null, true)]
    [InlineData(" SumSoftMaxWeight_Reduction ( x|y , 0 , b ) ", "SumSoftMaxWeight", 1, null, true)]
    public void Text_is_read_and_printed(string text, string kind, int axis, int? k, bool weighted)
    {
        var reduction = ReductionText.Parse(text, Aliases);
        Assert.Equal((kind, axis, k, weighted), (reduction.Kind.Name, reduction.Axis, reduction.K, reduction.Weight is not null));
        Assert.Equal(reduction, ReductionText.Parse(ReductionText.Print(reduction)));
    }

    [Theory]
    [InlineData("Exp(x)", 0, "expected a reduction")]
    [InlineData("Foo_Reduction(x,0)", 0, "Unknown reduction 'Foo'")]
    [InlineData("Sum_Reduction(x)", 0, "Sum_Reduction(F, tag)")]
    [InlineData("Sum_Reduction(x,0,b)", 0, "Sum_Reduction(F, tag)")]
    [InlineData("KMin_Reduction(x,0)", 0, "KMin_Reduction(F, K, tag)")]
    [InlineData("Sum_Reduction(x,2)", 16, "The tag is 2")]
    [InlineData("Sum_Reduction(x,y)", 16, "expected an integer")]
    [InlineData("Sum_Reduction(x,0) + x", 19, "the end")]
    [InlineData("Sum_Reduction(x+b,0)", 15, "dimensions 3, 2")]
    public void Errors_name_the_position_and_what_was_expected(string text, int position, string part)
    {
        var error = Assert.Throws<FormulaException>(() => ReductionText.Parse(text, Aliases));
        Assert.Equal(position, error.Position);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }
}
