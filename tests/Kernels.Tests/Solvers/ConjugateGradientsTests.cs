using Distributed.Keops.Kernels.Solvers;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Solvers;

/// <summary>Conjugate gradients against Cholesky's decomposition, and how a solve ends that can't succeed.</summary>
public sealed class ConjugateGradientsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, true)]
    [InlineData(1, 3, true)]
    [InlineData(1, 3, false)]
    [InlineData(4, 2, true)]
    [InlineData(4, 2, false)]
    public async Task Every_batch_and_column_has_the_solution_of_a_direct_method(int batches, int columns, bool separate)
    {
        var space = new BlockVectorSpace(batches, 60, columns, separate);
        var matrices = Enumerable.Range(0, batches).Select(b => DenseMatrix.Gaussian(60, 20, 0.1 + b, b)).ToArray();
        var b = Random(space, 7);
        var result = await Solve(space, new DenseMatrix(space, matrices), b, new SolverOptions { Eps = 1e-12 });
        Assert.All(result.Systems, s => Assert.Equal(SolveStatus.Converged, s.Status));
        for (var batch = 0; batch < batches; batch++)
        {
            var expected = DenseSymmetric.Solve(matrices[batch], Matrix(space, b, batch));
            Assert.InRange(Distance(expected, Matrix(space, result.Solution, batch)), 0, 1e-9);
        }
    }

    [Fact]
    public async Task A_column_gets_the_same_bits_whatever_stands_beside_it()
    {
        var matrix = DenseMatrix.Gaussian(50, 30, 0.01, 3);
        var both = new BlockVectorSpace(1, 50, 2, separateColumns: true);
        var b = Random(both, 11);
        for (var k = 0; k < 50; k++) b.Batch(0).Span[2 * k + 1] *= 1e6;
        var together = await Solve(both, new DenseMatrix(both, [matrix]), b, new SolverOptions());

        var one = new BlockVectorSpace(1, 50, 1, separateColumns: true);
        var first = one.Create();
        for (var k = 0; k < 50; k++) first.Batch(0).Span[k] = b.Batch(0).Span[2 * k];
        var alone = await Solve(one, new DenseMatrix(one, [matrix]), first, new SolverOptions());
        Assert.Equal(alone.Solution.Batch(0).ToArray(), together.Solution.Batch(0).ToArray().Where((_, k) => k % 2 == 0));
        Assert.Equal(alone.Systems[0].History, together.Systems[0].History);
        Assert.True(together.Systems[1].Iterations > together.Systems[0].Iterations, "A larger right-hand side takes longer.");
    }

    [Fact]
    public async Task The_report_is_that_of_the_solution()
    {
        var space = new BlockVectorSpace(1, 40, 1, separateColumns: true);
        var matrix = DenseMatrix.Gaussian(40, 10, 0.5, 5);
        var b = Random(space, 13);
        var seen = new List<SolverProgress>();
        var result = await new ConjugateGradients<BlockVector>(space, new DenseMatrix(space, [matrix]), new SolverOptions { Eps = 1e-7 })
            .SolveAsync(b, new Listener(seen.Add), Token);
        var system = result.Systems[0];
        var residual = 0.0;
        for (var i = 0; i < 40; i++)
        {
            var r = b.Batch(0).Span[i];
            for (var j = 0; j < 40; j++) r -= matrix[i, j] * result.Solution.Batch(0).Span[j];
            residual += r * r;
        }

        Assert.Equal(Math.Sqrt(residual / 40), system.Residual, 1e-14);
        Assert.Equal(Math.Sqrt(residual / b.Batch(0).ToArray().Sum(v => v * v)), system.RelativeResidual, 1e-13);
        Assert.True(system.Residual < 1e-7, $"The residual is {system.Residual}.");
        Assert.Equal(system.Iterations + 1, system.History.Length);
        Assert.Equal(Enumerable.Range(1, system.Iterations), seen.Select(p => p.Iteration));
        Assert.Equal(0, seen[^1].Unsolved);
        // One for each iteration, and one to verify the solution.
        Assert.Equal(system.Iterations + 1, result.Products);
    }

    [Fact]
    public async Task A_right_hand_side_within_the_stop_rule_gives_zero_without_a_product()
    {
        var space = new BlockVectorSpace(1, 30, 1, separateColumns: true);
        var b = space.Create();
        b.Batch(0).Span.Fill(0.9e-6);
        var matrix = new DenseMatrix(space, [DenseMatrix.Gaussian(30, 1, 1, 1)]);
        var result = await Solve(space, matrix, b, new SolverOptions { Eps = 1e-6 });
        Assert.Equal((SolveStatus.Converged, 0), (result.Systems[0].Status, result.Systems[0].Iterations));
        Assert.All(result.Solution.Batch(0).ToArray(), v => Assert.Equal(0, v));
        Assert.Equal(0, matrix.Products);
    }

    [Fact]
    public async Task Zero_is_solved_by_zero_whatever_eps()
    {
        var space = new BlockVectorSpace(1, 30, 1, separateColumns: true);
        var result = await Solve(space, new DenseMatrix(space, [DenseMatrix.Gaussian(30, 1, 1, 1)]), space.Create(), new() { Eps = 0 });
        Assert.Equal((SolveStatus.Converged, 0.0), (result.Systems[0].Status, result.Systems[0].RelativeResidual));
    }

    [Fact]
    public async Task The_iteration_limit_ends_it_with_the_last_iterate()
    {
        var space = new BlockVectorSpace(1, 80, 1, separateColumns: true);
        var matrix = DenseMatrix.Gaussian(80, 3, 1e-8, 2);
        var b = Random(space, 17);
        var result = await Solve(space, new DenseMatrix(space, [matrix]), b, new() { Eps = 1e-12, MaxIterations = 9 });
        var system = result.Systems[0];
        Assert.Equal((SolveStatus.IterationLimit, 9), (system.Status, system.Iterations));
        Assert.Equal(system.History[^1], system.Residual, 1e-9);
        Assert.NotEqual(system.History[^1], system.History.Min());
    }

    [Fact]
    public async Task A_matrix_that_is_not_positive_definite_is_reported_with_the_best_iterate()
    {
        var space = new BlockVectorSpace(1, 4, 1, separateColumns: true);
        var b = space.Create();
        b.Batch(0).Span.Fill(1);
        var result = await Solve(space, new DenseMatrix(space, [DenseMatrix.Diagonal(4, 3, 2, -0.5)]), b, new());
        var system = result.Systems[0];
        Assert.Equal(SolveStatus.NotPositiveDefinite, system.Status);
        Assert.Equal(system.History.Min(), system.Residual, 1e-12);
        Assert.All(result.Solution.Batch(0).ToArray(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public async Task A_residual_that_no_longer_falls_is_stagnation()
    {
        var space = new BlockVectorSpace(1, 50, 1, separateColumns: true);
        // Products as float32 would give them can't reach 1e-12.
        var matrix = new DenseMatrix(space, [DenseMatrix.Gaussian(50, 20, 0.1, 9)], (_, v) => (float)v);
        var result = await Solve(space, matrix, Random(space, 19), new() { Eps = 1e-12 });
        var system = result.Systems[0];
        Assert.Equal(SolveStatus.Stagnated, system.Status);
        Assert.InRange(system.Residual, 1e-12, 1e-6);
    }

    [Fact]
    public async Task Patience_bounds_the_iterations_without_progress()
    {
        var space = new BlockVectorSpace(1, 2, 1, separateColumns: true);
        var b = space.Create();
        b.Batch(0).Span[0] = 1;
        // Not symmetric: every step makes the residual larger.
        double[,] rotation = { { 1, 10 }, { -10, 1 } };
        var result = await Solve(space, new DenseMatrix(space, [rotation]), b, new() { Patience = 5 });
        Assert.Equal((SolveStatus.Stagnated, 5), (result.Systems[0].Status, result.Systems[0].Iterations));
        Assert.Equal([0.0, 0.0], result.Solution.Batch(0).ToArray());
        Assert.Equal(1, result.Systems[0].RelativeResidual);
    }

    [Fact]
    public async Task A_drift_between_recursion_and_solution_is_mended_by_a_restart()
    {
        var space = new BlockVectorSpace(1, 50, 1, separateColumns: true);
        var matrix = DenseMatrix.Gaussian(50, 20, 0.1, 21);
        var b = Random(space, 23);
        // The second product is wrong: the recursion believes it, the solution does not fit.
        var spoilt = new DenseMatrix(space, [matrix], (product, v) => product == 1 ? v * 1.01 : v);
        var result = await Solve(space, spoilt, b, new() { Eps = 1e-9 });
        Assert.Equal(SolveStatus.Converged, result.Systems[0].Status);
        Assert.InRange(Distance(DenseSymmetric.Solve(matrix, Matrix(space, b, 0)), Matrix(space, result.Solution, 0)), 0, 1e-7);
        Assert.True(result.Products > result.Systems[0].Iterations + 1, "It took more than one look at the true residual.");
    }

    [Fact]
    public async Task Numbers_that_are_not_finite_end_their_own_system_only()
    {
        var space = new BlockVectorSpace(1, 20, 3, separateColumns: true);
        var matrix = DenseMatrix.Gaussian(20, 10, 1, 4);
        var b = Random(space, 29);
        b.Batch(0).Span[1] = double.NaN;
        var result = await Solve(space, new DenseMatrix(space, [matrix]), b, new() { Eps = 1e-10 });
        Assert.Equal(
            [SolveStatus.Converged, SolveStatus.NonFinite, SolveStatus.Converged], result.Systems.Select(s => s.Status));
        Assert.All(result.Solution.Batch(0).ToArray(), v => Assert.True(double.IsFinite(v)));

        var overflowing = new DenseMatrix(space, [matrix], (product, v) => product == 2 ? double.PositiveInfinity : v);
        var ended = await Solve(space, overflowing, Random(space, 31), new() { Eps = 1e-10 });
        Assert.All(ended.Systems, s => Assert.Equal((SolveStatus.NonFinite, 2), (s.Status, s.Iterations)));
        Assert.All(ended.Solution.Batch(0).ToArray(), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public async Task Cancellation_ends_it()
    {
        var space = new BlockVectorSpace(1, 60, 1, separateColumns: true);
        using var source = new CancellationTokenSource();
        var matrix = new DenseMatrix(space, [DenseMatrix.Gaussian(60, 3, 1e-9, 2)], (product, v) =>
        {
            if (product == 3) source.Cancel();
            return v;
        });
        var solver = new ConjugateGradients<BlockVector>(space, matrix, new SolverOptions { Eps = 1e-14 });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => solver.SolveAsync(Random(space, 37), null, source.Token));
        Assert.Equal(4, matrix.Products);
    }

    [Theory]
    [InlineData(double.NaN, 10, 10, "eps")]
    [InlineData(-1, 10, 10, "eps")]
    [InlineData(1e-6, -1, 10, "iteration limit")]
    [InlineData(1e-6, 10, 0, "patience")]
    public async Task Options_without_meaning_are_refused(double eps, int iterations, int patience, string named)
    {
        var space = new BlockVectorSpace(1, 3, 1, separateColumns: true);
        var options = new SolverOptions { Eps = eps, MaxIterations = iterations, Patience = patience };
        var matrix = new DenseMatrix(space, [DenseMatrix.Diagonal(1, 1, 1)]);
        var error = await Assert.ThrowsAsync<KeopsException>(() => Solve(space, matrix, Random(space, 1), options));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_ridge_is_added_to_the_diagonal()
    {
        var space = new BlockVectorSpace(2, 5, 2, separateColumns: true);
        var matrices = new[] { DenseMatrix.Gaussian(5, 1, 0, 1), DenseMatrix.Gaussian(5, 1, 0, 2) };
        var (v, with, without) = (Random(space, 41), space.Create(), space.Create());
        await new RidgeOperator<BlockVector>(space, new DenseMatrix(space, matrices), 0.75).ApplyAsync(v, with, Token);
        await new DenseMatrix(space, matrices).ApplyAsync(v, without, Token);
        for (var b = 0; b < 2; b++)
            for (var k = 0; k < 10; k++)
                Assert.Equal(without.Batch(b).Span[k] + 0.75 * v.Batch(b).Span[k], with.Batch(b).Span[k], 1e-14);
    }

    internal static BlockVector Random(BlockVectorSpace space, int seed)
    {
        var random = new Random(seed);
        var vector = space.Create();
        for (var b = 0; b < space.Batches; b++)
            foreach (ref var v in vector.Batch(b).Span) v = 2 * random.NextDouble() - 1;
        return vector;
    }

    static Task<SolverResult<BlockVector>> Solve(
        BlockVectorSpace space, ILinearOperator<BlockVector> matrix, BlockVector b, SolverOptions options) =>
        new ConjugateGradients<BlockVector>(space, matrix, options).SolveAsync(b, null, Token);

    static double[,] Matrix(BlockVectorSpace space, BlockVector vector, int batch)
    {
        var matrix = new double[space.Rows, space.Columns];
        Buffer.BlockCopy(vector.Batch(batch).ToArray(), 0, matrix, 0, sizeof(double) * matrix.Length);
        return matrix;
    }

    static double Distance(double[,] expected, double[,] actual) =>
        Math.Sqrt(
            expected.Cast<double>().Zip(actual.Cast<double>(), (e, a) => (e - a) * (e - a)).Sum()
            / expected.Cast<double>().Sum(e => e * e));

    sealed class Listener(Action<SolverProgress> told) : IProgress<SolverProgress>
    {
        public void Report(SolverProgress value) => told(value);
    }
}
