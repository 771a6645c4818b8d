namespace Distributed.Keops.Client.Tests;

/// <summary>Second derivatives of first ones that are written as formulas, beside central differences.</summary>
public sealed class SecondOrderTests : IAsyncDisposable
{
    const int M = 5;

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(1);
    readonly double[,] _x = Engines.Points(M, 2, 1);
    readonly LazyTensor _y = LazyTensor.Vj(Engines.Points(9, 2, 2));
    readonly NdArray _cotangent = Engines.Points(M, 1, 3);
    readonly NdArray _direction = Engines.Points(M, 2, 4);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_sum()
    {
        var x = LazyTensor.Vi(_x);
        var slope = Kernel(x).Grad(x, LazyTensor.Vi(_cotangent)).Sum(Axis.J);
        await AssertAsync(x => Kernel(x).Sum(Axis.J), (await _engine.GradientAsync(slope, x, _direction, Token)).Doubles.ToArray());
    }

    [Fact]
    public async Task Of_a_log_sum_exp()
    {
        var x = LazyTensor.Vi(_x);
        var f = Kernel(x);
        var call = f.LogSumExp(Axis.J);
        var log = LazyTensor.Vi((await _engine.ReduceAsync(call, null, Token))[0]);
        var slope = f.Grad(x, LazyTensor.Vi(_cotangent) * (f - log).Exp()).Sum(Axis.J);
        var direct = await _engine.GradientAsync(slope, x, _direction, Token);
        var through = await _engine.GradientAsync(call, x, await _engine.GradientAsync(slope, log, _direction, Token), Token);
        await AssertAsync(x => Kernel(x).LogSumExp(Axis.J), [.. direct.Doubles.ToArray().Zip(through.Doubles.ToArray(), (a, b) => a + b)]);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    LazyTensor Kernel(LazyTensor x) => (-x.SqDist(_y)).Exp() * (x | _y);

    /// <summary>The derivative of ⟨direction, gradient⟩ by each number of x.</summary>
    async Task AssertAsync(Func<LazyTensor, ReductionCall> reduction, double[] actual)
    {
        const double Step = 1e-5;
        for (var at = 0; at < actual.Length; at++)
        {
            var expected = (await SlopeAsync(at, Step) - await SlopeAsync(at, -Step)) / (2 * Step);
            Assert.Equal(expected, actual[at], 1e-7);
        }

        async Task<double> SlopeAsync(int at, double step)
        {
            var moved = (double[,])_x.Clone();
            moved[at / 2, at % 2] += step;
            var x = LazyTensor.Vi(moved);
            var gradient = (await _engine.GradientAsync(reduction(x), x, _cotangent, Token)).Doubles.ToArray();
            return gradient.Zip(_direction.Doubles.ToArray(), (g, d) => g * d).Sum();
        }
    }
}
