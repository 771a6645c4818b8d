using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests.Solvers;

/// <summary>Gradients of a solve by everything that goes into it, against central differences.</summary>
public sealed class SolveGradientTests : IAsyncDisposable
{
    const double Step = 1e-5;

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(2);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(3, 1)]
    [InlineData(0, 0)]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(3, 0)]
    public async Task The_gradient_by_every_argument_is_the_slope(int place, int axis)
    {
        var unknown = axis == 1 ? "Vj" : "Vi";
        var solve = new KernelSolve("Exp(-g*SqDist(x,y))*b", ["x=Vi(2)", "y=Vj(2)", $"b={unknown}(2)", "g=Pm(1)"], "b", axis);
        NdArray[] arrays = [Problem.Points(12, 2, 1), Problem.Points(12, 2, 1), Problem.Values(12, 2, 2), new[] { 5.0 }];
        await AssertSlopeAsync(solve, arrays, place, Problem.Values(12, 2, 3));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Data_that_serve_all_batches_collect_from_all(int place)
    {
        var solve = new KernelSolve("Exp(-g*SqDist(x,y))*b", Problem.Aliases, "b", axis: 1);
        var x = NdArray.Of([.. Problem.Points(16, 2, 1).Cast<double>()], 2, 8, 2);
        NdArray b = Problem.Values(8, 1, 2);
        NdArray[] arrays = [x, x.Reshape(2, 8, 2), b.Reshape(1, 8, 1), NdArray.Of(new[] { 5.0 }, 1, 1)];
        await AssertSlopeAsync(solve, arrays, place, NdArray.Of([.. Problem.Values(16, 1, 3).Cast<double>()], 2, 8, 1));
    }

    [Fact]
    public async Task Several_variables_share_the_solves_and_a_known_solution_saves_one()
    {
        var solve = new KernelSolve("Exp(-g*SqDist(x,y))*b", Problem.Aliases, "b", axis: 1);
        NdArray x = Problem.Points(12, 2, 1);
        var call = solve.Call(x, x, Problem.Values(12, 1, 2), new[] { 5.0 }) with { Alpha = 0.5, Eps = 1e-12 };
        var solution = (await _engine.SolveAsync(call, null, Token)).Solution;
        var both = await _engine.SolveGradientAsync(call, solve.Arguments, Problem.Values(12, 1, 3), null, Token);
        var known = await _engine.SolveGradientAsync(call, solve.Arguments, Problem.Values(12, 1, 3), solution, Token);
        Assert.Equal(4, both.Gradients.Count);
        Assert.True(both.Converged);
        Assert.NotNull(both.Solution);
        Assert.Null(known.Solution);
        Assert.All(both.Gradients.Zip(known.Gradients), g => Assert.Equal(g.First.Doubles.ToArray(), g.Second.Doubles.ToArray()));
    }

    [Fact]
    public async Task A_vector_has_gradients_of_its_own_shape()
    {
        var x = Problem.Points(12, 2, 1);
        var k = (-LazyTensor.Vi(x).SqDist(LazyTensor.Vj(x))).Exp();
        double[] b = [.. Problem.Values(12, 1, 2).Cast<double>()], cotangent = [.. Problem.Values(12, 1, 3).Cast<double>()];
        var call = k.Solve(b, alpha: 0.5, eps: 1e-12);
        var gradients = await _engine.SolveGradientAsync(call, [call.Unknown], cotangent, null, Token);
        Assert.Equal([12], gradients.Gradients[0].Shape);
        // The matrix is symmetric: ⟨c, A⁻¹ b⟩ = ⟨A⁻¹ c, b⟩.
        var solution = (await _engine.SolveAsync(call, null, Token)).Solution.Doubles.ToArray();
        Assert.Equal(Dot(cotangent, solution), Dot(gradients.Gradients[0].Doubles.ToArray(), b), 1e-9);
    }

    [Fact]
    public async Task A_variable_of_another_call_is_refused()
    {
        var solve = new KernelSolve("Exp(-g*SqDist(x,y))*b", Problem.Aliases, "b", axis: 1);
        NdArray x = Problem.Points(12, 2, 1);
        var call = solve.Call(x, x, Problem.Values(12, 1, 2), new[] { 5.0 }) with { Alpha = 0.5 };
        var other = new Variable(7, 1, Category.I);
        await Assert.ThrowsAsync<KeopsException>(() => _engine.SolveGradientAsync(call, [other], new double[12, 1], null, Token));
        await Assert.ThrowsAsync<KeopsException>(() => _engine.SolveGradientAsync(call, [call.Unknown], new double[11, 1], null, Token));
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    async Task AssertSlopeAsync(KernelSolve solve, NdArray[] arrays, int place, NdArray cotangent)
    {
        var call = Call(arrays);
        var result = await _engine.SolveGradientAsync(call, [solve.Arguments[place]], cotangent, null, Token);
        var gradient = result.Gradients[0];
        Assert.Equal(arrays[place].Shape, gradient.Shape);
        var values = arrays[place].Doubles.ToArray();
        foreach (var k in new[] { 0, values.Length / 2, values.Length - 1 })
        {
            var slope = (await ValueAsync(k, Step) - await ValueAsync(k, -Step)) / (2 * Step);
            Assert.Equal(slope, gradient.Doubles[k], 1e-6 * Math.Max(1, Math.Abs(slope)));
        }

        SolveCall Call(NdArray[] data) => solve.Call(data) with { Alpha = 0.5, Eps = 1e-13 };

        async Task<double> ValueAsync(int at, double change)
        {
            NdArray[] moved = [.. arrays];
            double[] copy = [.. values];
            copy[at] += change;
            moved[place] = NdArray.Of(copy, [.. arrays[place].Shape]);
            return Dot(cotangent.Doubles.ToArray(), await SolutionAsync(moved));
        }

        // The matrix is no longer symmetric where one side of the points moves: a direct method tells what its solution is.
        async Task<double[]> SolutionAsync(NdArray[] data) => await DenseSolution.OfAsync(_engine, Call(data), Token);
    }

    static double Dot(double[] a, double[] b) => a.Zip(b, (x, y) => x * y).Sum();
}
