using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client.Tests;

public sealed class GenredTests
{
    static readonly double[,] X = Engines.Points(6, 2, 3);
    static readonly double[,] Y = Engines.Points(9, 2, 4);
    static readonly double[,] B = Engines.Points(9, 1, 5);

    [Fact]
    public async Task A_formula_string_reduces_arrays_and_axis_0_is_the_default()
    {
        var sum = new Genred("(x|y)*b", ["x=Vi(2)", "y=Vj(2)", "b=Vj(1)"]);
        var byJ = await Engines.ReduceAsync(sum.Call(X, Y, B));
        Assert.Equal([9, 1], byJ.Shape);
        Assert.Equal(Enumerable.Range(0, 6).Sum(i => (X[i, 0] * Y[2, 0] + X[i, 1] * Y[2, 1]) * B[2, 0]), byJ.Doubles[2], 1e-12);
    }

    [Fact]
    public async Task Aliases_may_name_their_place_and_formulas_variables_of_their_own()
    {
        var sum = new Genred("x*Var(2,2,1)+y", ["y=Vj(1,2)", "x=Vi(0,2)"], axis: 1);
        Assert.Equal(3, sum.Arguments.Count);
        var result = await Engines.ReduceAsync(sum.Call(X, Y, Y));
        Assert.Equal(Enumerable.Range(0, 9).Sum(j => X[1, 0] * Y[j, 0] + Y[j, 0]), result.Doubles[2], 1e-12);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<KeopsException>(() => new Genred("x", ["x=Vi(2)"], axis: 2));
        Assert.ThrowsAny<KeopsException>(() => new Genred("x", ["x=Vi(2)"], "LogSumExp"));
        Assert.ThrowsAny<KeopsException>(() => new Genred("x", ["x=Vi(2)"], "KMin"));
        var sum = new Genred("x*y*p", ["x=Vi(2)", "y=Vj(2)", "p=Pm(1)"], axis: 1);
        Assert.Throws<KeopsException>(() => sum.Call(X, Y));
        Assert.Throws<KeopsException>(() => sum.Call(X, new float[9, 2], new double[1]));
        var batches = Assert.Throws<KeopsException>(() => sum.Call(NdArray.Of(new double[12], 1, 6, 2), Y, new double[1]));
        Assert.Contains("batch", batches.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(6, 3, 1)]
    [InlineData(6, 2, 2)]
    public async Task A_size_that_does_not_fit_is_refused_when_it_is_carried_out(int rows, int dim, int parameters)
    {
        var sum = new Genred("x*y*p", ["x=Vi(2)", "y=Vj(2)", "p=Pm(1)"], axis: 1);
        await Assert.ThrowsAsync<KeopsException>(() => Engines.ReduceAsync(sum.Call(new double[rows, dim], Y, new double[parameters])));
    }

    [Fact]
    public async Task Errors_call_a_variable_by_its_alias()
    {
        var read = FormulaParser.Parse("x*y", AliasList.Parse("x=Vi(2)", "y=Vj(2)"));
        var reduction = new Reduction(ReductionKind.Find("Sum"), read, null, null, 1);
        var sum = new Genred(reduction, AliasList.Parse("x=Vi(2)", "y=Vj(2)", "w=Vj(1)").Aliases);
        await Says("'y' (Var(1,2,1)) was given", sum.Call(X, new double[9, 3], B));
        await Says("'w' (Var(2,1,1)) has 8", sum.Call(X, Y, new double[8, 1]));
        await Says("'y' (Var(1,2,1)) is a row", Given(1, new ParameterData([[1.0, 2]])));
        await Says("'y' (Var(1,2,1)) has no data", Given(1, new SymbolicData(0)));
        var batches = Assert.Throws<KeopsException>(() => sum.Call(X, NdArray.Of(new double[18], 1, 9, 2), B));
        Assert.Contains("Argument 1, 'y', is", batches.Message, StringComparison.Ordinal);
        var scaled = new Genred("x*p", ["x=Vi(2)", "p=Pm(2)"]).Call(X, new double[2]);
        var rows = scaled.Variables[1] with { Data = new ArrayData([ArrayRows.Of(new double[2], 2)]) };
        await Says("'p' (Var(1,2,2)) is a parameter", scaled with { Variables = [scaled.Variables[0], rows] });

        ReductionCall Given(int argument, VariableData data)
        {
            var call = sum.Call(X, Y, B);
            return call with { Variables = call.Variables.SetItem(argument, call.Variables[argument] with { Data = data }) };
        }

        static async Task Says(string text, ReductionCall call) => Assert.Contains(
            text, (await Assert.ThrowsAnyAsync<KeopsException>(() => Engines.ReduceAsync(call))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_reduction_serves_many_calls_at_once()
    {
        var sum = new Genred("Exp(-SqDist(x,y))*b", ["x=Vi(2)", "y=Vj(2)", "b=Vj(1)"], axis: 1);
        await using var engine = KeopsEngine.CreateLocal(2);
        var once = (await engine.ReduceAsync(sum.Call(X, Y, B), null, TestContext.Current.CancellationToken))[0];
        await Parallel.ForAsync(0, 32, TestContext.Current.CancellationToken, async (k, token) =>
        {
            var scaled = new double[9, 1];
            for (var j = 0; j < 9; j++) scaled[j, 0] = B[j, 0] * (1 << k % 8);
            var result = (await engine.ReduceAsync(sum.Call(X, Y, scaled), null, token))[0];
            for (var i = 0; i < 6; i++) Assert.Equal(once.Doubles[i] * (1 << k % 8), result.Doubles[i]);
        });
    }

    [Fact]
    public async Task No_rows_give_what_nothing_gives()
    {
        var min = new Genred("SqDist(x,y)", ["x=Vi(2)", "y=Vj(2)"], "Min_ArgMin", axis: 1);
        var results = await Engines.ReduceAllAsync(min.Call(X, new double[0, 2]));
        Assert.All(results[0].Doubles.ToArray(), value => Assert.Equal(double.PositiveInfinity, value));
        Assert.All(results[1].Indices.ToArray(), index => Assert.Equal(0, index));
        Assert.Equal([0, 1], (await Engines.ReduceAsync(min.Call(new double[0, 2], Y))).Shape);
    }
}
