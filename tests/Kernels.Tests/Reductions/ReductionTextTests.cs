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

    /// <summary>Derivatives of whole reductions, and the sums that they are.</summary>
    [Theory]
    [InlineData("Grad_WithSavedForward(Sum_Reduction(F,0),x,e,r)", "Sum_Reduction(Grad(F,x,e),0)")]
    [InlineData("Grad_WithSavedForward(Sum_Reduction(F,0),y,e,r)", "Sum_Reduction(Grad(F,y,e),1)")]
    [InlineData("Grad_WithSavedForward(Sum_Reduction(F,1),x,f,r)", "Sum_Reduction(Grad(F,x,f),0)")]
    [InlineData("Grad_WithSavedForward(Sum_Reduction(F,1),p,f,r)", "Sum_Reduction(Grad(F,p,f),0)")]
    [InlineData("Grad_WithSavedForward(Sum_Reduction(F,0),p,e,r)", "Sum_Reduction(Grad(F,p,e),0)")]
    [InlineData("Grad(Sum_Reduction(F,0),b,e)", "Sum_Reduction(Grad(F,b,e),1)")]
    [InlineData("Grad(Sum_Reduction(F,1),y)", "Sum_Reduction(Grad(F,y,e),1)")]
    [InlineData("Diff(Sum_Reduction(F,1),x,y)", "Sum_Reduction(Diff(F,x,y),1)")]
    [InlineData("Diff_WithSavedForward(Sum_Reduction(F,0),p,p,r)", "Sum_Reduction(Diff(F,p,p),0)")]
    [InlineData("Grad_WithSavedForward(Grad_WithSavedForward(Sum_Reduction(F,0),x,e,r),y,x,y)", "Sum_Reduction(Grad(Grad(F,x,e),y,x),1)")]
    [InlineData("Diff(Grad(Sum_Reduction(F,0),y,e),e,e)", "Sum_Reduction(Diff(Grad(F,y,e),e,e),1)")]
    [InlineData("Grad_WithSavedForward(Max_SumShiftExp_Reduction(x|y,0),y,e,r)", "Sum_Reduction(Grad(Exp((x|y)-Elem(r,0)),y,Elem(e,1)),1)")]
    [InlineData("Grad_WithSavedForward(Max_SumShiftExpWeight_Reduction(p,1,b),b,t,t)",
        "Sum_Reduction(Grad(Exp(p-Elem(t,0))*b,b,Extract(t,1,2)),1)")]
    [InlineData("Diff_WithSavedForward(Max_SumShiftExp_Reduction(x|y,0),y,y,r)",
        "Sum_Reduction(Diff(Concat(Zero(1),Exp((x|y)-Elem(r,0))),y,y),0)")]
    [InlineData("Grad_WithSavedForward(LogSumExp_Reduction(x|y,0),x,p,p)", "Sum_Reduction(Grad(Exp((x|y)-p),x,p),0)")]
    [InlineData("Grad_WithSavedForward(ArgMin_Reduction(F,0),x,e,r)", "Zero_Reduction(3,0)")]
    [InlineData("Diff_WithSavedForward(ArgKMin_Reduction(F,4,1),x,y,r)", "Zero_Reduction(8,1)")]
    [InlineData("Grad_WithSavedForward(Zero_Reduction(2,0),y,e,r)", "Zero_Reduction(3,1)")]
    [InlineData("Zero_Reduction(2,0)", "Sum_Reduction(Zero(2),0)")]
    public void Derivatives_of_reductions_are_read_as_sums(string text, string sum)
    {
        var aliases = AliasList.Parse(
            "x = Vi(3)", "y = Vj(3)", "b = Vj(2)", "p = Pm(1)", "e = Vi(4,2)", "f = Vj(5,2)", "r = Vi(6,2)", "t = Vj(8,3)");
        string Expand(string s) => s.Replace("F", "Exp(-p*SqDist(x,y))*b", StringComparison.Ordinal)
            .Replace("WithSavedExp(-p*SqDist(x,y))*borward", "WithSavedForward", StringComparison.Ordinal);
        var read = ReductionText.Parse(Expand(text), aliases);
        Assert.Equal(ReductionText.Parse(Expand(sum), aliases), read);
        Assert.Equal(read, ReductionText.Parse(ReductionText.Print(read)));
    }

    [Theory]
    [InlineData("Grad(x,x,x)", 5, "expected a reduction")]
    [InlineData("Grad_WithSavedForward(Sum_Reduction(b,0),b,b)", 0,
        "with 3 arguments: expected Grad_WithSavedForward(reduction, v, e, result)")]
    [InlineData("Grad(Sum_Reduction(b,0))", 0, "with 1 argument")]
    [InlineData("Grad(Sum_Reduction(b,0),b+b,b)", 24, "expected a variable")]
    [InlineData("Grad(Sum_Reduction(b,0),b,x)", 0, "cotangent of 3")]
    [InlineData("Diff(Sum_Reduction(b,0),b,x)", 0, "along a vector of 3")]
    [InlineData("Grad(Max_SumShiftExp_Reduction(x|y,0),x,b)", 0, "expected Grad_WithSavedForward")]
    [InlineData("Grad_WithSavedForward(Max_SumShiftExp_Reduction(x|y,0),x,b,x)", 0, "The saved result has dimension 3: expected 2")]
    [InlineData("Grad_WithSavedForward(Min_Reduction(b,0),b,b,b)", 0, "The derivative of Min does not follow from its result")]
    [InlineData("Grad_WithSavedForward(KMin_ArgKMin_Reduction(b,2,0),b,b,b)", 0, "The derivative of KMin_ArgKMin")]
    [InlineData("Grad(Sum_Reduction(b,0),b,b", 27, "expected ')'")]
    [InlineData("Zero_Reduction(0,0)", 15, "dimension 0")]
    [InlineData("Zero_Reduction(3)", 0, "Zero_Reduction(dim, tag)")]
    public void Errors_in_derivatives_name_the_position_and_what_was_expected(string text, int position, string part)
    {
        var error = Assert.Throws<FormulaException>(() => ReductionText.Parse(text, Aliases));
        Assert.Equal(position, error.Position);
        Assert.Contains(part, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_number_of_derivatives_may_be_nested_without_using_up_the_stack()
    {
        const int Depth = 10_000;
        var text = string.Concat(Enumerable.Repeat("Grad(", Depth)) + "Sum_Reduction(x,0)"
            + string.Concat(Enumerable.Repeat(",x,x)", Depth));
        Assert.Equal(ReductionText.Parse("Sum_Reduction(x,0)", Aliases), ReductionText.Parse(text, Aliases));
    }
}
