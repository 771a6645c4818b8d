using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Reductions;

/// <summary>KeOps' options of accumulation: what they choose, and what they are refused for.</summary>
public class SummationOptionsTests
{
    [Theory]
    [InlineData("Sum", "float32", "auto", "auto", Summation.Blocks)]
    [InlineData("Sum", "float32", "float32", "block_sum", Summation.Blocks)]
    [InlineData("Sum", "float32", "float64", "auto", Summation.Compensated)]
    [InlineData("Sum", "float32", "auto", "kahan_scheme", Summation.Compensated)]
    [InlineData("Sum", "float64", "float64", "direct_sum", Summation.Blocks)]
    [InlineData("Sum", "float64", "auto", "kahan_scheme", Summation.Compensated)]
    [InlineData("Sum", "float16", "float16", "auto", Summation.Blocks)]
    [InlineData("Sum", "float16", "float32", "auto", Summation.Blocks)]
    [InlineData("Sum", "float16", "float64", "auto", Summation.Compensated)]
    [InlineData("LogSumExp", "float32", "float64", "kahan_scheme", Summation.Compensated)]
    [InlineData("SumSoftMaxWeight", "float64", "auto", "kahan_scheme", Summation.Compensated)]
    [InlineData("Min", "float32", "auto", "auto", Summation.Blocks)]
    [InlineData("ArgKMin", "float64", "auto", "direct_sum", Summation.Blocks)]
    public void What_serves(string kind, string type, string acc, string scheme, Summation expected) =>
        Assert.Equal(expected, new SummationOptions(acc, scheme).Choose(ReductionKind.Find(kind), ElementTypes.Parse(type)));

    [Fact]
    public void A_double_accumulator_by_its_older_name()
    {
        var options = new SummationOptions("auto", "auto", UseDoubleAcc: true);
        Assert.Equal(Summation.Compensated, options.Choose(ReductionKind.Find("Sum"), ElementType.Float32));
        Assert.Equal(Summation.Blocks, options.Choose(ReductionKind.Find("Sum"), ElementType.Float64));
    }

    [Theory]
    [InlineData("Sum", "float64", "float32", "auto", false, "narrower")]
    [InlineData("Sum", "float64", "float16", "auto", false, "narrower")]
    [InlineData("Sum", "float32", "float16", "auto", false, "narrower")]
    [InlineData("Sum", "float32", "bfloat16", "auto", false, "bfloat16")]
    [InlineData("Sum", "float32", "auto", "pairwise", false, "pairwise")]
    [InlineData("Sum", "float32", "float64", "auto", true, "use_double_acc")]
    [InlineData("Min", "float32", "float64", "auto", false, "adds nothing up")]
    [InlineData("Min", "float32", "auto", "auto", true, "adds nothing up")]
    [InlineData("ArgKMin", "float32", "auto", "kahan_scheme", false, "adds nothing up")]
    [InlineData("Max", "float32", "auto", "block_sum", false, "adds nothing up")]
    public void What_is_refused(string kind, string type, string acc, string scheme, bool useDouble, string says)
    {
        var error = Assert.Throws<KeopsException>(
            () => new SummationOptions(acc, scheme, useDouble).Choose(ReductionKind.Find(kind), ElementTypes.Parse(type)));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }
}
