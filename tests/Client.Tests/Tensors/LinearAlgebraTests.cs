using Distributed.Keops.Client.Tests.Solvers;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client.Tests;

/// <summary>Tensors as matrices, against the same matrix stored whole.</summary>
public sealed class LinearAlgebraTests
{
    static readonly double[,] X = Engines.Points(6, 3, 1);
    static readonly double[,] Y = Engines.Points(4, 3, 2);
    static readonly double[,] K = Matrix(X, Y);

    static LazyTensor Gauss => (-LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Y))).Exp();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_product_with_a_vector_is_a_vector()
    {
        double[] v = [1, -2, 3, 0.5];
        var result = await Engines.ReduceAsync(Gauss.MatMul(v));
        Assert.Equal([6], result.Shape);
        AssertNear(Times(K, v), result);
        AssertNear(Times(K, v), await Engines.ReduceAsync(Gauss.MatVec(v)));
    }

    [Fact]
    public async Task A_product_with_a_matrix_is_one_of_as_many_columns()
    {
        var v = Engines.Points(4, 3, 5);
        var result = await Engines.ReduceAsync(Gauss.MatMul(v));
        Assert.Equal([6, 3], result.Shape);
        for (var c = 0; c < 3; c++)
        {
            double[] column = [.. Enumerable.Range(0, 4).Select(j => v[j, c])];
            AssertNear(Times(K, column), [.. Enumerable.Range(0, 6).Select(i => result.Doubles[3 * i + c])]);
        }
    }

    [Fact]
    public async Task The_transpose_multiplies_vectors_of_the_other_side()
    {
        double[] v = [1, 2, 3, -1, -2, -3];
        var result = await Engines.ReduceAsync(Gauss.RMatVec(v));
        Assert.Equal([4], result.Shape);
        AssertNear(Times(Transposed(K), v), result);
        AssertNear(Times(Transposed(K), v), await Engines.ReduceAsync(Gauss.T.MatMul(v)));
    }

    [Fact]
    public async Task Batches_multiply_their_own()
    {
        var (a, b, v) = (Engines.Points(6, 3, 7), Engines.Points(6, 3, 8), Engines.Points(10, 1, 9).Cast<double>().ToArray());
        var x = LazyTensor.Vi(NdArray.Of([.. a.Cast<double>(), .. b.Cast<double>()], 2, 6, 3));
        var k = (-x.SqDist(LazyTensor.Vj(Y))).Exp();
        var result = await Engines.ReduceAsync(k.MatMul(NdArray.Of(v[..8], 2, 4, 1)));
        Assert.Equal([2, 6, 1], result.Shape);
        AssertNear([.. Times(Matrix(a, Y), v[..4]), .. Times(Matrix(b, Y), v[4..8])], result);
    }

    [Fact]
    public void Products_that_have_no_meaning_are_refused()
    {
        Assert.Throws<KeopsException>(() => (LazyTensor.Vi(X) - LazyTensor.Vj(Y)).MatMul(new double[4]));
        Assert.Throws<KeopsException>(() => Gauss.MatMul(new double[6]));
        Assert.Throws<KeopsException>(() => Gauss.RMatVec(new double[4]));
        Assert.Throws<KeopsException>(() => Gauss.MatMul(new float[4]));
    }

    [Fact]
    public async Task The_diagonal_pairs_every_row_with_its_own()
    {
        var k = (-LazyTensor.Vi(X).SqDist(LazyTensor.Vj(Engines.Points(6, 3, 4)))).Exp();
        var diagonal = await Engines.ReduceAsync(k.Diagonal());
        Assert.Equal([6], diagonal.Shape);
        var whole = Matrix(X, Engines.Points(6, 3, 4));
        AssertNear([.. Enumerable.Range(0, 6).Select(i => whole[i, i])], diagonal);
        Assert.Equal([6, 3], (await Engines.ReduceAsync((LazyTensor.Vi(X) - LazyTensor.Vj(X)).Diagonal())).Shape);
        Assert.Contains("6 × 4", Assert.Throws<KeopsException>(() => Gauss.Diagonal()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dense_values_are_all_pairs()
    {
        var dense = await Engines.ReduceAsync(Gauss.ToDense());
        Assert.Equal([6, 4], dense.Shape);
        AssertNear([.. K.Cast<double>()], dense);
        var differences = await Engines.ReduceAsync((LazyTensor.Vi(X) - LazyTensor.Vj(Y)).ToDense());
        Assert.Equal([6, 4, 3], differences.Shape);
        Assert.Equal(X[5, 1] - Y[2, 1], differences.Doubles[(5 * 4 + 2) * 3 + 1], 1e-14);
    }

    [Fact]
    public async Task Some_rows_are_those_of_the_whole()
    {
        var rows = await Engines.ReduceAsync(Gauss.Rows(2, 3));
        Assert.Equal([3, 4], rows.Shape);
        AssertNear([.. K.Cast<double>().Skip(8).Take(12)], rows);
        Assert.Throws<KeopsException>(() => Gauss.Rows(4, 3));
        Assert.Throws<KeopsException>(() => Gauss.Rows(-1, 1));
    }

    [Fact]
    public async Task Batches_and_what_all_of_them_share_stay_apart_in_dense_values()
    {
        double[] x = [.. Engines.Points(12, 3, 7).Cast<double>()], g = [0.5, 2];
        var k = (-(LazyTensor.Vi(NdArray.Of(x, 2, 6, 3)).SqDist(LazyTensor.Vj(Y)) * LazyTensor.Pm(NdArray.Of(g, 2, 1)))).Exp();
        var dense = await Engines.ReduceAsync(k.ToDense());
        Assert.Equal([2, 6, 4], dense.Shape);
        for (var b = 0; b < 2; b++)
            for (var i = 0; i < 6; i++)
                for (var j = 0; j < 4; j++)
                {
                    var squares = Enumerable.Range(0, 3).Sum(d => Math.Pow(x[(b * 6 + i) * 3 + d] - Y[j, d], 2));
                    Assert.Equal(Math.Exp(-g[b] * squares), dense.Doubles[(b * 6 + i) * 4 + j], 1e-13);
                }
        AssertNear([.. dense.Doubles[20..24], .. dense.Doubles[44..48]], await Engines.ReduceAsync(k.Rows(5, 1)));
    }

    [Fact]
    public void Dense_values_above_the_limit_are_refused_with_both_numbers()
    {
        var message = Assert.Throws<KeopsException>(() => Gauss.ToDense(limit: 23)).Message;
        Assert.Contains("6 × 4", message, StringComparison.Ordinal);
        Assert.Contains("23", message, StringComparison.Ordinal);
    }

    [Fact]
    public void Entries_that_ranges_leave_out_are_not_shown()
    {
        var ranges = Ranges.FromArrays([0, 6], [1], [0, 2]);
        Assert.Throws<KeopsException>(() => Gauss.WithRanges(ranges).ToDense());
        Assert.Throws<KeopsException>(() => Gauss.WithRanges(ranges).Rows(0, 1));
    }

    [Fact]
    public async Task Solve_is_that_of_Cholesky_for_a_vector_a_matrix_and_a_variable_of_either_side()
    {
        await using var engine = KeopsEngine.CreateLocal(2);
        var (x, b) = (Problem.Points(40, 2, 1), Problem.Values(40, 2, 2));
        var k = (-(LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x)) * LazyTensor.Pm(20))).Exp();
        var whole = Problem.Gaussian(x, 20, 0.1);
        var expected = Problem.Solve(whole, b);
        var matrix = await engine.SolveAsync(k.Solve(b, alpha: 0.1, eps: 1e-12), null, Token);
        Assert.Equal([40, 2], matrix.Solution.Shape);
        Assert.InRange(Problem.Error(expected, matrix.Solution.Doubles.ToArray()), 0, 1e-8);
        foreach (var variable in new[] { LazyTensor.Vi(b), LazyTensor.Vj(b) })
        {
            var solved = await engine.SolveAsync(k.Solve(variable, alpha: 0.1, eps: 1e-12), null, Token);
            Assert.InRange(Problem.Error(expected, solved.Solution.Doubles.ToArray()), 0, 1e-8);
        }

        double[] column = [.. Enumerable.Range(0, 40).Select(i => b[i, 1])];
        var vector = await engine.SolveAsync(k.Solve(column, alpha: 0.1, eps: 1e-12), null, Token);
        Assert.Equal([40], vector.Solution.Shape);
        Assert.InRange(Problem.Error([.. expected.Where((_, at) => at % 2 == 1)], vector.Solution.Doubles.ToArray()), 0, 1e-8);
    }

    [Fact]
    public async Task A_right_hand_side_that_is_also_the_points_keeps_its_own_place()
    {
        await using var engine = KeopsEngine.CreateLocal(2);
        var x = Problem.Points(30, 2, 1);
        var k = (-(LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x)) * LazyTensor.Pm(20))).Exp();
        var result = await engine.SolveAsync(k.Solve(x, alpha: 0.1, eps: 1e-12), null, Token);
        Assert.InRange(Problem.Error(Problem.Solve(Problem.Gaussian(x, 20, 0.1), x), result.Solution.Doubles.ToArray()), 0, 1e-8);
    }

    [Fact]
    public async Task The_form_with_a_variable_is_bound_to_data_later()
    {
        await using var engine = KeopsEngine.CreateLocal(2);
        var (x, b) = (Problem.Points(40, 2, 1), Problem.Values(40, 1, 2));
        var unknown = LazyTensor.Vj(0, 1);
        var applied = (-(LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x)) * LazyTensor.Pm(20))).Exp() * unknown;
        var call = applied.Solve(LazyTensor.Vi(0, 1), unknown, alpha: 0.1, eps: 1e-12);
        Assert.Single(call.Symbols);
        var result = await engine.SolveAsync(call.Bind(b), null, Token);
        Assert.InRange(Problem.Error(Problem.Solve(Problem.Gaussian(x, 20, 0.1), b), result.Solution.Doubles.ToArray()), 0, 1e-8);

        Assert.Throws<KeopsException>(() => applied.Solve(LazyTensor.Vi(b), unknown));
        Assert.Throws<KeopsException>(() => applied.Solve(LazyTensor.Vi(1, 1), unknown));
        Assert.Throws<KeopsException>(() => applied.Solve(LazyTensor.Vj(0, 1), unknown));
    }

    [Fact]
    public async Task A_complex_right_hand_side_has_the_solutions_of_its_parts()
    {
        await using var engine = KeopsEngine.CreateLocal(2);
        var (x, parts) = (Problem.Points(30, 2, 1), Problem.Values(30, 2, 2));
        var b = new System.Numerics.Complex[30, 1];
        for (var i = 0; i < 30; i++) b[i, 0] = new(parts[i, 0], parts[i, 1]);
        var k = (-(LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x)) * LazyTensor.Pm(20))).Exp();
        var result = await engine.SolveAsync(k.Solve(b, alpha: 0.1, eps: 1e-12), null, Token);
        Assert.True(result.Solution.IsComplex);
        Assert.Equal([30, 1], result.Solution.Shape);
        var expected = Problem.Solve(Problem.Gaussian(x, 20, 0.1), parts);
        Assert.InRange(Problem.Error(expected, result.Solution.Doubles.ToArray()), 0, 1e-8);
    }

    [Fact]
    public void Systems_that_do_not_fit_together_are_refused()
    {
        Assert.Throws<KeopsException>(() => Gauss.Solve(new double[6, 1]));
        Assert.Throws<KeopsException>(() => Gauss.Solve(LazyTensor.Pm(1, 2)));
        Assert.Throws<KeopsException>(() => Gauss.Solve(LazyTensor.Vi(X) + 1));
        Assert.Throws<KeopsException>(() => (Gauss * LazyTensor.Vj(0, 1)).Solve(new double[6, 1]));
    }

    static double[,] Matrix(double[,] x, double[,] y)
    {
        var k = new double[x.GetLength(0), y.GetLength(0)];
        for (var i = 0; i < x.GetLength(0); i++)
            for (var j = 0; j < y.GetLength(0); j++)
                k[i, j] = Math.Exp(-Enumerable.Range(0, x.GetLength(1)).Sum(d => (x[i, d] - y[j, d]) * (x[i, d] - y[j, d])));
        return k;
    }

    static double[,] Transposed(double[,] k)
    {
        var t = new double[k.GetLength(1), k.GetLength(0)];
        for (var i = 0; i < k.GetLength(0); i++)
            for (var j = 0; j < k.GetLength(1); j++) t[j, i] = k[i, j];
        return t;
    }

    static double[] Times(double[,] k, double[] v) =>
        [.. Enumerable.Range(0, k.GetLength(0)).Select(i => Enumerable.Range(0, v.Length).Sum(j => k[i, j] * v[j]))];

    static void AssertNear(double[] expected, ResultArray actual) => AssertNear(expected, actual.Doubles.ToArray());

    static void AssertNear(double[] expected, double[] actual) =>
        Assert.InRange(Problem.Error(expected, actual), 0, 1e-12);
}
