using System.Numerics;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests;

public sealed class LazyTensorTests
{
    static readonly double[,] X = Engines.Points(5, 3, 1);
    static readonly double[,] Y = Engines.Points(7, 3, 2);

    static LazyTensor Gauss => (-LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y))).Exp();

    [Fact]
    public void Shapes_are_those_of_the_operands_together()
    {
        Assert.Equal([5, 7], Gauss.Shape);
        Assert.Equal([5, 7, 1], Gauss.FullShape);
        Assert.Equal([7, 5], Gauss.T.Shape);
        Assert.Equal([5, 1, 3], LazyTensor.Vi(X).Shape);
        Assert.Equal([1, 1, 2], LazyTensor.Pm(1.5, 2).Shape);
        Assert.Equal([2, 3, 6, 8], (Batched(2, 1, 6, 2) - BatchedJ(3, 8, 2)).SqNorm2().Shape);
        Assert.Equal([null, 7, 3], (LazyTensor.Vi(0, 3) * LazyTensor.Vj(Y)).Shape);
        Assert.Equal(4, Batched(2, 6, 2).Rank);
    }

    [Fact]
    public void An_array_says_by_its_shape_what_indexes_it()
    {
        Assert.Equal([4, 1, 3], LazyTensor.Of(NdArray.Of(new double[12], 4, 1, 3)).Shape);
        Assert.Equal([1, 4, 3], LazyTensor.Of(NdArray.Of(new double[12], 1, 4, 3)).Shape);
        Assert.Equal([2, 1, 1, 6], LazyTensor.Of(NdArray.Of(new double[12], 2, 1, 1, 6)).Shape);
        Assert.Equal([1, 1, 12], LazyTensor.Of(new double[12]).Shape);
        Assert.Equal([1, 4, 3], LazyTensor.Of(new double[4, 3], axis: 1).Shape);
        Assert.Throws<KeopsException>(() => LazyTensor.Of(NdArray.Of(new double[12], 2, 3, 2)));
        Assert.Throws<KeopsException>(() => LazyTensor.Of(new double[4, 3]));
        Assert.Throws<KeopsException>(() => LazyTensor.Of(new double[4], axis: 0));
        Assert.Throws<KeopsException>(() => LazyTensor.Of(NdArray.Of(new double[12], 4, 1, 3), axis: 0));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task A_kernel_sum_is_that_of_the_loop(int axis)
    {
        var sum = await Engines.ReduceAsync(Gauss.Sum(axis));
        Assert.Equal(axis == 1 ? [5, 1] : [7, 1], sum.Shape);
        for (var r = 0; r < sum.Length; r++) Assert.Equal(Loop(axis, r), sum.Doubles[r], 1e-12);
    }

    [Fact]
    public async Task Transposition_exchanges_the_axes()
    {
        var (a, b) = (await Engines.ReduceAsync(Gauss.Sum(Axis.J)), await Engines.ReduceAsync(Gauss.T.Sum(Axis.I)));
        Assert.Equal(a.Shape, b.Shape);
        Assert.Equal(a.Doubles, b.Doubles);
        Assert.Equal(Gauss.Sum(1).Reduction, Gauss.T.T.Sum(1).Reduction);
    }

    [Fact]
    public async Task A_side_that_the_formula_lost_still_counts()
    {
        var x = LazyTensor.Vi(X);
        var y = LazyTensor.Vj(Y);
        var sum = await Engines.ReduceAsync((x + y - y).Sum(1));
        for (var k = 0; k < 3; k++) Assert.Equal(7 * X[0, k], sum.Doubles[k], 1e-12);
        Assert.Equal([7, 3], (await Engines.ReduceAsync((0 * x + y).Sum(0))).Shape);
    }

    [Fact]
    public async Task Symbolic_variables_are_bound_by_number_and_one_reduction_serves_all_data()
    {
        var reduced = ((LazyTensor.Vi(1, 3) | LazyTensor.Vj(0, 3)) * LazyTensor.Pm(2, 1)).Max(1);
        Assert.Equal([0, 1, 2], reduced.Symbols.Select(v => v.Index));
        var first = await Engines.ReduceAsync(reduced.Bind(Y, X, new double[] { 2 }));
        var second = await Engines.ReduceAsync(reduced.Bind(X, X, new double[] { 1 }));
        Assert.Equal(2 * Enumerable.Range(0, 7).Max(j => Dot(X, 0, Y, j)), first.Doubles[0], 1e-12);
        Assert.Equal(Enumerable.Range(0, 5).Max(j => Dot(X, 0, X, j)), second.Doubles[0], 1e-12);
        var error = await Assert.ThrowsAsync<KeopsException>(() => Engines.ReduceAsync(reduced));
        Assert.Contains("Bind", error.Message, StringComparison.Ordinal);
        Assert.Throws<KeopsException>(() => reduced.Bind(X));
        Assert.Throws<KeopsException>(() => reduced.Bind(Y, new float[5, 3], new double[] { 2 }));
        Assert.Throws<KeopsException>(() => LazyTensor.Vi(0, 3) * LazyTensor.Vj(0, 3));
    }

    [Fact]
    public async Task Batches_are_broadcast()
    {
        var sum = await Engines.ReduceAsync((Batched(2, 1, 6, 2) - BatchedJ(3, 8, 2)).SqNorm2().Sum(3));
        Assert.Equal([2, 3, 6, 1], sum.Shape);
        double expected = 0;
        for (var j = 0; j < 8; j++)
            for (var k = 0; k < 2; k++) expected += Math.Pow(Value(1, 6, 2, 1 * 6 + 4, k) - Value(2, 8, 2, 2 * 8 + j, k), 2);
        Assert.Equal(expected, sum.Doubles[(1 * 3 + 2) * 6 + 4], 1e-12);
        Assert.Throws<KeopsException>(() => Batched(2, 6, 2) * Batched(3, 6, 2));
        Assert.Throws<KeopsException>(() => Batched(2, 6, 2).Sum(0));
    }

    [Fact]
    public async Task Ranges_are_inherited_and_transposed()
    {
        var ranges = Ranges.FromMatrix(
            new long[,] { { 0, 2 }, { 2, 5 } }, new long[,] { { 0, 3 }, { 3, 7 } }, new[,] { { true, false }, { true, true } });
        var x = LazyTensor.Vi(X).WithRanges(ranges);
        var k = x.SqDist(LazyTensor.Vj(Y));
        Assert.Equal(ranges, k.Ranges);
        Assert.Equal(ranges.Transposed, k.T.Ranges);
        var (a, b) = (await Engines.ReduceAsync(k.Sum(1)), await Engines.ReduceAsync(k.T.Sum(0)));
        Assert.Equal(Enumerable.Range(0, 3).Sum(j => SqDist(0, j)), a.Doubles[0], 1e-12);
        Assert.Equal(a.Doubles, b.Doubles);
        Assert.Throws<KeopsException>(() => k + LazyTensor.Vj(Y).WithRanges(ranges.Transposed));
        Assert.Null(k.WithRanges(null).Sum(1).Ranges);
    }

    [Fact]
    public void The_same_array_is_one_variable_on_each_side()
    {
        var call = (LazyTensor.Vi(X) * LazyTensor.Vi(X) + LazyTensor.Vj(X)).Sum(1);
        Assert.Equal([Category.I, Category.J], call.Variables.Select(v => v.Variable.Category));
    }

    [Fact]
    public void Numbers_arrays_and_tensors_mix()
    {
        LazyTensor x = LazyTensor.Vi(X);
        Assert.Equal(3, (2 * x + 0.5 - new double[] { 1, 2, 3 }).Dim);
        Assert.Same(typeof(ComplexLazyTensor), (x * Complex.ImaginaryOne).GetType());
        Assert.Throws<KeopsException>(() => x * new float[] { 1, 2, 3 });
        Assert.Throws<FormulaException>(() => x + new double[] { 1, 2 });
    }

    [Fact]
    public void Parts_of_the_vector()
    {
        var x = LazyTensor.Vi(X);
        Assert.Equal(1, x[2].Dim);
        Assert.Equal(2, x[1..].Dim);
        Assert.Equal(x[0..2].Formula, x[..^1].Formula);
        Assert.Equal(9, LazyTensor.Concatenate([x, x, x]).Dim);
        Assert.Throws<KeopsException>(() => x[3]);
        Assert.Throws<KeopsException>(() => x[-1]);
        Assert.Throws<KeopsException>(() => x[1..5]);
        Assert.Throws<KeopsException>(() => x[2..2]);
        Assert.Throws<KeopsException>(() => LazyTensor.Cat([x, x], 0));
    }

    [Fact]
    public void Axes_are_named_or_numbered()
    {
        var x = LazyTensor.Vi(X);
        Assert.Equal(x.Sum().Formula, x.Sum(Axis.V).Formula);
        Assert.Equal(x.Sum(Axis.I).Reduction, x.Sum(0).Reduction);
        Assert.Equal(Batched(2, 6, 2).Sum(Axis.J).Reduction, Batched(2, 6, 2).Sum(2).Reduction);
        Assert.Contains("Axis.V", Assert.Throws<KeopsException>(() => x.Sum(2)).Message, StringComparison.Ordinal);
        Assert.Throws<KeopsException>(() => x.Norm(0));
    }

    [Fact]
    public void Objects_print_as_strings_that_parse_back()
    {
        var call = (Gauss * LazyTensor.Vi(X).BSpline(LazyTensor.Vj(Y)[0], 1).ArgMax() * LazyTensor.Pm(2.5)).Sum(1);
        var text = call.Reduction.Formula.ToString();
        Assert.Equal(call.Reduction.Formula, FormulaParser.Parse(text, AliasList.Empty));
    }

    static double Loop(int axis, int r) => axis == 1
        ? Enumerable.Range(0, 7).Sum(j => Math.Exp(-SqDist(r, j)))
        : Enumerable.Range(0, 5).Sum(i => Math.Exp(-SqDist(i, r)));

    static double SqDist(int i, int j) => Enumerable.Range(0, 3).Sum(k => Math.Pow(X[i, k] - Y[j, k], 2));

    static double Dot(double[,] a, int i, double[,] b, int j) => Enumerable.Range(0, 3).Sum(k => a[i, k] * b[j, k]);

    static double Value(int seed, int rows, int dim, int row, int k) => Math.Cos(seed + 0.37 * (row * dim + k)) * rows / (rows + 1);

    [Fact]
    public async Task The_axis_of_a_weighted_reduction_counts_the_batches_of_the_tensor_alone()
    {
        var weight = Batched(2, 5, 1).Exp();
        var byName = await Engines.ReduceAsync(Gauss.SumSoftMaxWeight(weight, Axis.J));
        Assert.Equal([2, 5, 1], byName.Shape);
        var byNumber = await Engines.ReduceAsync(Gauss.SumSoftMaxWeight(weight, 1));
        Assert.Equal(byName.Doubles, byNumber.Doubles);
        Assert.Throws<KeopsException>(() => Gauss.LogSumExp(2, weight));
    }

    static LazyTensor Batched(params long[] shape) => LazyTensor.Vi(Fill(1, shape));

    static LazyTensor BatchedJ(params long[] shape) => LazyTensor.Vj(Fill(2, shape));

    static NdArray Fill(int seed, long[] shape)
    {
        var (rows, dim) = ((int)shape[^2], (int)shape[^1]);
        var count = (int)shape.Aggregate(1L, (a, b) => a * b);
        return NdArray.Of([.. Enumerable.Range(0, count).Select(k => Value(seed, rows, dim, k / dim, k % dim))], shape);
    }
}
