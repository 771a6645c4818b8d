using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Solvers;
using Distributed.Keops.Oracle;

namespace Distributed.Keops.Client.Tests.Solvers;

/// <summary>Reductions as operators for iterative methods.</summary>
public sealed class LinearOperatorTests : IAsyncDisposable
{
    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(2);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_tensor_multiplies_vectors_and_matrices_of_either_side()
    {
        var (x, y, v) = (Problem.Points(9, 2, 1), Problem.Points(7, 2, 2), Problem.Values(9, 3, 3));
        var tensor = (-LazyTensor.Vi(x).SqDist(LazyTensor.Vj(y))).Exp();
        var k = tensor.AsLinearOperator(_engine);
        Assert.Equal((9L, 7L, 1, 1), (k.Rows, k.Columns, k.RowDim, k.ColumnDim));
        var transposed = await k.ApplyTransposedAsync(v, Token);
        Assert.Equal([7, 3], transposed.Shape);
        var expected = (await _engine.ReduceAsync(tensor.RMatVec(v), null, Token))[0];
        Assert.InRange(Problem.Error(expected.Doubles.ToArray(), transposed.Doubles.ToArray()), 0, 1e-13);
        var vector = await k.ApplyAsync(new double[] { 1, 2, 3, 4, 5, 6, 7 }, Token);
        Assert.Equal([9], vector.Shape);
        var product = (await _engine.ReduceAsync(tensor.MatMul(new double[] { 1, 2, 3, 4, 5, 6, 7 }), null, Token))[0];
        Assert.InRange(Problem.Error(product.Doubles.ToArray(), vector.Doubles.ToArray()), 0, 1e-13);
    }

    [Fact]
    public async Task A_matrix_for_each_pair_has_its_transpose()
    {
        // From vectors of 3 at y to vectors of 2 at x.
        const string Formula = "Exp(-SqDist(x,y))*MatVecMult(p,b)";
        string[] aliases = ["x=Vi(2)", "y=Vj(2)", "b=Vj(3)", "p=Pm(6)"];
        var (x, y, u, v) = (Problem.Points(5, 2, 1), Problem.Points(8, 2, 2), Problem.Values(5, 2, 3), Problem.Values(8, 3, 4));
        var genred = new Genred(Formula, aliases, axis: 1);
        var k = new LinearOperator(_engine, genred.Call(x, y, v, new double[] { 1, 2, 3, 4, 5, 6 }), genred.Arguments[2]);
        Assert.Equal((5L, 8L, 2, 3), (k.Rows, k.Columns, k.RowDim, k.ColumnDim));
        var (kv, ku) = (await k.ApplyAsync(v, Token), await k.ApplyTransposedAsync(u, Token));
        Assert.Equal([5, 2], kv.Shape);
        Assert.Equal([8, 3], ku.Shape);
        // ⟨u, K v⟩ = ⟨Kᵀ u, v⟩.
        Assert.Equal(Dot(u, kv), Dot(v, ku), 1e-12);
    }

    [Theory]
    [InlineData(SpectrumEnd.Largest)]
    [InlineData(SpectrumEnd.LargestMagnitude)]
    public async Task Eigenpairs_are_those_of_the_matrix(SpectrumEnd end)
    {
        var x = Problem.Points(80, 2, 5);
        var k = (-(LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x)) * LazyTensor.Pm(10))).Exp().AsLinearOperator(_engine);
        var pairs = await k.EigenpairsAsync(5, end, null, Token);
        var expected = DenseSymmetric.Eigenvalues(Problem.Gaussian(x, 10, 0)).Reverse().Take(5);
        Assert.True(pairs.Converged);
        Assert.Equal([80, 5], pairs.Vectors.Shape);
        Assert.All(expected.Zip(pairs.Values), p => Assert.Equal(p.First, p.Second, 1e-8));
        var image = await k.ApplyAsync(pairs.Vectors, Token);
        for (var c = 0; c < 5; c++)
            for (var i = 0; i < 80; i++)
                Assert.Equal(pairs.Values[c] * pairs.Vectors.Doubles[5 * i + c], image.Doubles[5 * i + c], 1e-8);
    }

    [Fact]
    public async Task Eigenvalues_in_float32_are_as_good_as_float32()
    {
        var x = Problem.Single(Problem.Points(60, 2, 6));
        var k = (-(LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x)) * LazyTensor.Pm(10))).Exp().AsLinearOperator(_engine);
        var values = await k.EigenvaluesAsync(3, cancellationToken: Token);
        var expected = DenseSymmetric.Eigenvalues(Problem.Gaussian(Problem.Double(x), 10, 0)).Reverse().Take(3);
        Assert.All(expected.Zip(values), p => Assert.Equal(p.First, p.Second, 1e-4 * p.First));
    }

    [Fact]
    public async Task What_is_no_matrix_is_refused()
    {
        var (x, y) = (Problem.Points(9, 2, 1), Problem.Points(7, 2, 2));
        var k = (-LazyTensor.Vi(x).SqDist(LazyTensor.Vj(y))).Exp();
        await Refused(() => k.AsLinearOperator(_engine).EigenvaluesAsync(2, cancellationToken: Token), "square");
        await Refused(() => k.AsLinearOperator(_engine).ApplyAsync(new double[9], Token), "(7,)");
        await Refused(() => k.AsLinearOperator(_engine).ApplyTransposedAsync(new double[7, 1], Token), "(9,)");
        await Refused(() => Task.FromResult((LazyTensor.Vi(x) - LazyTensor.Vj(y)).AsLinearOperator(_engine)), "length 2");
        var square = new Genred("SqDist(x,y)*b*b", ["x=Vi(2)", "y=Vj(2)", "b=Vj(1)"], axis: 1);
        var notLinear = square.Call(x, y, new double[7, 1]);
        await Refused(() => Task.FromResult(new LinearOperator(_engine, notLinear, square.Arguments[2])), "not linear");
        var batched = NdArray.Of(new double[36], 2, 9, 2);
        var many = (LazyTensor.Vi(batched) - LazyTensor.Vj(y)).SqNorm2();
        await Refused(() => Task.FromResult(many.AsLinearOperator(_engine)), "Batch");
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    static async Task Refused<T>(Func<Task<T>> call, string named)
    {
        var error = await Assert.ThrowsAnyAsync<KeopsException>(call);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    static double Dot(double[,] a, ResultArray b) => a.Cast<double>().Zip(b.Doubles.ToArray(), (x, y) => x * y).Sum();
}
