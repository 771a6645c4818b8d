using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>What data of a call must agree in.</summary>
public class DataBinderTests
{
    static readonly Variable X = new(0, 2, Category.I), Y = new(1, 2, Category.J);

    [Fact]
    public void Mixed_dtypes_are_refused_by_name()
    {
        var binder = Binder(ElementType.Float32);
        binder.SetName(Y, "targets");
        binder.AddRows(X, [ArrayRows.Of(new float[4], 2)]);
        binder.AddRows(Y, [ArrayRows.Of(new double[4], 2)]);
        var error = Assert.Throws<KeopsException>(() => binder.Bind(2, 2, null));
        Assert.Contains("'targets' (variable 1) is float64 and Variable 0 is float32", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Data_of_another_dtype_than_the_call_are_refused()
    {
        var binder = Binder(ElementType.Float32);
        binder.AddRows(X, [ArrayRows.Of(new Half[4], 2)]);
        binder.AddRows(Y, [ArrayRows.Of(new Half[4], 2)]);
        var error = Assert.Throws<KeopsException>(() => binder.Bind(2, 2, null));
        Assert.Contains("Variable 0 is float16 and the call is in float32", error.Message, StringComparison.Ordinal);
    }

    static DataBinder Binder(ElementType type) => new(CompiledReduction.Compile(
        new Reduction(ReductionKind.Find("Sum"), Formula.Var(X).SqDist(Formula.Var(Y)), null, null, 1), type), 1);
}
