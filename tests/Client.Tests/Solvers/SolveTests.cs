using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Solvers;
using static Distributed.Keops.Client.Tests.Solvers.Problem;

namespace Distributed.Keops.Client.Tests.Solvers;

/// <summary>Kernel systems solved through an engine, against a direct method on the matrix stored whole.</summary>
public sealed class SolveTests : IAsyncDisposable
{
    const string Gauss = "Exp(-g*SqDist(x,y))*b";

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(2);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(500, 1, 1)]
    [InlineData(120, 5, 1)]
    [InlineData(120, 3, 0)]
    public async Task In_float64_the_solution_is_that_of_Cholesky(int n, int columns, int axis)
    {
        var (x, b) = (Points(n, 2, 1), Values(n, columns, 2));
        var solve = new KernelSolve(Gauss, ["x=Vi(2)", "y=Vj(2)", $"b={(axis == 1 ? "Vj" : "Vi")}({columns})", "g=Pm(1)"], "b", axis);
        var result = await _engine.SolveAsync(solve.Call(x, x, b, new[] { 30.0 }) with { Alpha = 0.05, Eps = 1e-11 }, null, Token);
        Assert.True(result.Report.Converged, result.Report.ToString());
        Assert.Equal([n, columns], result.Solution.Shape);
        Assert.Equal((columns, columns), (result.Report.Systems.Length, result.Report.ColumnsPerBatch));
        Assert.InRange(Error(Solve(Gaussian(x, 30, 0.05), b), Numbers(result.Solution)), 0, 1e-8);
    }

    [Fact]
    public async Task In_float32_the_solution_is_that_of_Cholesky_to_float32()
    {
        var (x, b) = (Single(Points(300, 2, 3)), Single(Values(300, 2, 4)));
        var solve = new KernelSolve(Gauss, ["x=Vi(2)", "y=Vj(2)", "b=Vj(2)", "g=Pm(1)"], "b", axis: 1);
        var result = await _engine.SolveAsync(solve.Call(x, x, b, new[] { 30f }) with { Alpha = 0.5 }, null, Token);
        Assert.True(result.Report.Converged, result.Report.ToString());
        Assert.Equal(ElementType.Float32, result.Solution.Type);
        Assert.InRange(Error(Solve(Gaussian(Double(x), 30, 0.5), Double(b)), Numbers(result.Solution)), 0, 1e-4);
    }

    [Fact]
    public async Task In_float32_what_rounding_leaves_is_reported_as_stagnation()
    {
        var (x, b) = (Single(Points(300, 2, 3)), Single(Values(300, 1, 4)));
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, b, new[] { 1f }) with { Alpha = 1e-4, Eps = 1e-12 };
        var result = await _engine.SolveAsync(call with { MaxIterations = 3000, Patience = 200 }, null, Token);
        Assert.Contains(result.Report.Status, new[] { SolveStatus.Stagnated, SolveStatus.NotPositiveDefinite });
        Assert.InRange(result.Report.RelativeResidual, 1e-12, 0.1);
    }

    [Fact]
    public async Task Every_batch_is_a_system_of_its_own_and_batches_of_1_serve_all()
    {
        var points = Enumerable.Range(0, 3).Select(k => Points(40, 2, k)).ToArray();
        var b = Values(40, 2, 9);
        var x = NdArray.Of(points.SelectMany(p => p.Cast<double>()).ToArray(), 3, 40, 2);
        double[] g = [10, 20, 30];
        var call = new KernelSolve(Gauss, ["x=Vi(2)", "y=Vj(2)", "b=Vj(2)", "g=Pm(1)"], "b", axis: 1).Call(
            x, x, NdArray.Of(b).Reshape(1, 40, 2), NdArray.Of(g, 3, 1)) with { Alpha = 0.1, Eps = 1e-12 };
        var result = await _engine.SolveAsync(call, null, Token);
        Assert.Equal([3, 40, 2], result.Solution.Shape);
        Assert.Equal((6, 2), (result.Report.Systems.Length, result.Report.ColumnsPerBatch));
        for (var k = 0; k < 3; k++)
            Assert.InRange(Error(Solve(Gaussian(points[k], g[k], 0.1), b), Numbers(result.Solution)[(80 * k)..(80 * (k + 1))]), 0, 1e-8);
    }

    [Fact]
    public async Task A_formula_that_mixes_columns_is_one_system()
    {
        // A matrix for each pair, symmetric as a whole: k(x, y) (I + (x − y)(x − y)ᵀ).
        const string Mixing = "Exp(-g*SqDist(x,y))*(b+(x-y)*((x-y)|b))";
        var (x, b) = (Points(60, 2, 5), Values(60, 2, 6));
        var call = new KernelSolve(Mixing, ["x=Vi(2)", "y=Vj(2)", "b=Vj(2)", "g=Pm(1)"], "b", axis: 1).Call(x, x, b, new[] { 20.0 });
        var result = await _engine.SolveAsync(call with { Alpha = 0.5, Eps = 1e-12 }, null, Token);
        Assert.Equal((1, 1), (result.Report.Systems.Length, result.Report.ColumnsPerBatch));
        var k = Gaussian(x, 20, 0);
        var whole = new double[120, 120];
        for (var row = 0; row < 120; row++)
            for (var column = 0; column < 120; column++)
            {
                var (i, c, j, d) = (row / 2, row % 2, column / 2, column % 2);
                var block = (c == d ? 1 : 0) + (x[i, c] - x[j, c]) * (x[i, d] - x[j, d]);
                whole[row, column] = k[i, j] * block + (row == column ? 0.5 : 0);
            }

        var flat = new double[120, 1];
        for (var row = 0; row < 120; row++) flat[row, 0] = b[row / 2, row % 2];
        Assert.InRange(Error(Solve(whole, flat), Numbers(result.Solution)), 0, 1e-8);
    }

    [Fact]
    public async Task A_limit_reached_is_told_with_the_residual_of_the_last_iterate()
    {
        var (x, b) = (Points(200, 2, 7), Values(200, 1, 8));
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, b, new[] { 3.0 }) with { Eps = 1e-10, MaxIterations = 20 };
        var result = await _engine.SolveAsync(call, null, Token);
        Assert.Equal((SolveStatus.IterationLimit, 20), (result.Report.Status, result.Report.Iterations));
        Assert.False(result.Report.Converged);
        Assert.Equal(result.Report.Systems[0].History[^1], result.Report.Residual, 1e-9);
    }

    [Fact]
    public async Task A_kernel_that_is_not_positive_is_told()
    {
        var (x, b) = (Points(50, 2, 7), Values(50, 1, 8));
        var call = new KernelSolve("SqDist(x,y)*b+g*0*b", Aliases, "b", axis: 1).Call(x, x, b, new[] { 0.0 });
        var result = await _engine.SolveAsync(call, null, Token);
        Assert.Equal(SolveStatus.NotPositiveDefinite, result.Report.Status);
        Assert.All(Numbers(result.Solution), v => Assert.True(double.IsFinite(v)));
    }

    [Fact]
    public async Task Zero_gives_zero()
    {
        var x = Points(50, 2, 7);
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, new double[50, 1], new[] { 1.0 });
        var result = await _engine.SolveAsync(call, null, Token);
        Assert.Equal((true, 0, 0), (result.Report.Converged, result.Report.Iterations, result.Report.Products));
        Assert.All(Numbers(result.Solution), v => Assert.Equal(0, v));
    }

    [Fact]
    public async Task Threads_do_not_change_a_bit()
    {
        var (x, b) = (Single(Points(9000, 2, 11)), Single(Values(9000, 2, 12)));
        var call = new KernelSolve(Gauss, ["x=Vi(2)", "y=Vj(2)", "b=Vj(2)", "g=Pm(1)"], "b", axis: 1).Call(x, x, b, new[] { 200f })
            with { Alpha = 1, MaxIterations = 8 };
        var results = new List<SolveResult>();
        foreach (var threads in new[] { 1, 2, 4 })
        {
            await using var engine = KeopsEngine.CreateLocal(threads);
            results.Add(await engine.SolveAsync(call, null, Token));
        }

        Assert.All(results, r => Assert.True(r.Solution.Bytes.Span.SequenceEqual(results[0].Solution.Bytes.Span)));
        Assert.All(results, r => Assert.Equal(results[0].Report.Systems.Select(s => s.Residual), r.Report.Systems.Select(s => s.Residual)));
    }

    [Fact]
    public async Task A_solve_can_be_cancelled_and_tells_its_progress()
    {
        var (x, b) = (Points(300, 2, 7), Values(300, 1, 8));
        using var source = new CancellationTokenSource();
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, b, new[] { 3.0 }) with { Eps = 0 };
        var seen = 0;
        var progress = new Listener(p =>
        {
            seen = p.Iteration;
            if (p.Iteration == 5) source.Cancel();
        });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _engine.SolveAsync(call, progress, source.Token));
        Assert.Equal(5, seen);
    }

    [Fact]
    public async Task A_new_right_hand_side_needs_no_new_call()
    {
        var (x, b, c) = (Points(60, 2, 1), Values(60, 1, 2), Values(60, 1, 3));
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, b, new[] { 20.0 }) with { Alpha = 0.5, Eps = 1e-12 };
        var result = await _engine.SolveAsync(call.WithRightHandSide(c), null, Token);
        Assert.InRange(Error(Solve(Gaussian(x, 20, 0.5), c), Numbers(result.Solution)), 0, 1e-9);
    }

    [Theory]
    [InlineData("Exp(-g*SqDist(x,y))*b*b", 1, "not linear")]
    [InlineData("Exp(-g*SqDist(x,y))*b+g", 1, "not linear")]
    [InlineData("Exp(-g*SqDist(x,y))*b", 0, "not summed over")]
    [InlineData("Concat(b,b)*Exp(-g*SqDist(x,y))", 1, "dimension")]
    public async Task A_formula_that_is_no_square_matrix_is_refused(string formula, int axis, string named)
    {
        var (x, b) = (Points(10, 2, 1), Values(10, 1, 2));
        var call = new KernelSolve(formula, Aliases, "b", axis).Call(x, x, b, new[] { 1.0 });
        var error = await Assert.ThrowsAnyAsync<KeopsException>(() => _engine.SolveAsync(call, null, Token));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(10, 12, 12, "10 rows and 12 columns")]
    [InlineData(10, 10, 12, "12")]
    public async Task Sizes_that_do_not_match_are_refused(int m, int n, int rows, string named)
    {
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(Points(m, 2, 1), Points(n, 2, 2), new double[rows, 1], new[] { 1.0 });
        var error = await Assert.ThrowsAnyAsync<KeopsException>(() => _engine.SolveAsync(call, null, Token));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_no_sum_or_no_unknown_is_refused()
    {
        var (x, b) = (Points(10, 2, 1), Values(10, 1, 2));
        Assert.Throws<KeopsException>(() => new KernelSolve(Gauss, Aliases, "c", axis: 1));
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, b, new[] { 1.0 });
        await Refused(call with { Product = new Genred(Gauss, Aliases, "Max", 1).Call(x, x, b, new[] { 1.0 }) }, "Max");
        await Refused(call with { Unknown = new Variable(3, 1, Category.Parameter) }, "not summed over");
        await Refused(call with { Unknown = new Variable(7, 1, Category.J) }, "none of the call's variables");
        await Refused(call with { Alpha = double.NaN }, "alpha");
        await Refused(call with { Eps = -1 }, "eps");
        await Refused(call with { Product = call.Product with { Output = new OutputTarget("a.parquet", []) } }, "a.parquet");

        async Task Refused(SolveCall wrong, string named)
        {
            var error = await Assert.ThrowsAnyAsync<KeopsException>(() => _engine.SolveAsync(wrong, null, Token));
            Assert.Contains(named, error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Block_sparse_ranges_hold_for_every_product()
    {
        var (x, b) = (Points(50, 2, 1), Values(50, 1, 2));
        // Two blocks of rows that do not see each other.
        long[] rows = [0, 20, 20, 50], slices = [1, 2];
        var call = new KernelSolve(Gauss, Aliases, "b", axis: 1).Call(x, x, b, new[] { 20.0 }) with { Alpha = 0.1, Eps = 1e-12 };
        call = call with { Product = call.Product with { Ranges = Ranges.FromArrays(rows, slices, rows) } };
        var result = await _engine.SolveAsync(call, null, Token);
        Assert.InRange(Error(Solve(Gaussian(x, 20, 0.1, (i, j) => i < 20 == j < 20), b), Numbers(result.Solution)), 0, 1e-8);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    sealed class Listener(Action<SolverProgress> told) : IProgress<SolverProgress>
    {
        public void Report(SolverProgress value) => told(value);
    }
}
