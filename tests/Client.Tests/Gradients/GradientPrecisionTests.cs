using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests;

/// <summary>Gradients of float32 and float16 data, against those of the same numbers in float64.</summary>
public sealed class GradientPrecisionTests : IAsyncDisposable
{
    const int M = 20;
    const int N = 30;

    // Of the largest entry of a gradient: float32 arithmetic; in float16 the results that are kept, cotangents and gradients are rounded
    // to 11 bits, and sums of shares take that as often as it has factors.
    const double Float32Error = 4e-6;
    const double Float16Error = 6e-3;

    static readonly string[] Aliases = ["x = Vi(2)", "y = Vj(2)", "b = Vj(1)", "p = Pm(2)", "c = Vi(1)"];

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(1);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?, int?, int> Cases => GradientPassTests.Cases();

    [Theory]
    [MemberData(nameof(Cases))]
    public Task In_float32_it_is_that_of_float64(string name, string formula, string? weight, int? k, int axis) => CheckAsync(
        new Genred(formula, Aliases, name, axis, k, weight), v => (float)v, (v, s) => NdArray.Of([.. v.Select(x => (float)x)], s),
        Float32Error);

    [Theory]
    [MemberData(nameof(Cases))]
    public Task In_float16_it_is_that_of_float64(string name, string formula, string? weight, int? k, int axis) => CheckAsync(
        new Genred(formula, Aliases, name, axis, k, weight), v => (double)(Half)v, (v, s) => NdArray.Of([.. v.Select(x => (Half)x)], s),
        Float16Error);

    [Theory]
    [InlineData(4500)]
    [InlineData(2048)]
    [InlineData(70_001)]
    public async Task Float16_tells_rows_apart_beyond_its_integers(int row)
    {
        var y = new Half[80_000, 1];
        y[row, 0] = (Half)(-3);
        var (j, e) = (LazyTensor.Vj(y), NdArray.Of([(Half)2], 1, 1));
        var gradient = await _engine.GradientAsync(j.Square().Max(Axis.J), j, e, Token);
        Assert.Equal(row, Assert.Single(Enumerable.Range(0, 80_000), r => gradient.Halfs[r] != (Half)0));
        Assert.Equal((Half)(-12), gradient.Halfs[row]);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    async Task CheckAsync(Genred genred, Func<double, double> round, Func<double[], long[], NdArray> narrow, double error)
    {
        double[][] values =
        [
            .. new[] { Wave(2 * M, 0.3), Wave(2 * N, 1.1), Wave(N, 2.3, 1.5), [0.8, -0.6], Wave(M, 3.7, 1.5) }
                .Select(array => array.Select(round).ToArray()),
        ];
        var wide = Call(genred, values, (v, s) => NdArray.Of(v, s));
        var result = (await _engine.ReduceAsync(wide, null, Token))[0];
        double[] e = [.. Wave((int)result.Length, 5.3).Select(round)];
        foreach (var variable in genred.Arguments)
        {
            var expected = await _engine.GradientAsync(wide, variable, NdArray.Of(e, [.. result.Shape]), Token);
            var gradient = await _engine.GradientAsync(Call(genred, values, narrow), variable, narrow(e, [.. result.Shape]), Token);
            var largest = expected.Doubles.ToArray().Select(Math.Abs).Append(1e-3).Max();
            for (var at = 0; at < (int)expected.Length; at++)
            {
                var found = gradient.Type == ElementType.Float16 ? (double)gradient.Halfs[at] : gradient.Singles[at];
                Assert.True(Math.Abs(found - expected.Doubles[at]) <= error * largest,
                    $"{wide.Reduction.Kind} by {Formula.Var(variable)}[{at}]: {found}, not {expected.Doubles[at]} of at most {largest}.");
            }
        }
    }

    static ReductionCall Call(Genred genred, double[][] values, Func<double[], long[], NdArray> array) => genred.Call(
        [.. genred.Arguments.Select(v => array(values[v.Index], Shape(v)))]);

    static long[] Shape(Variable variable) => variable.Category switch
    {
        Category.I => [M, variable.Dim],
        Category.J => [N, variable.Dim],
        _ => [variable.Dim],
    };

    static double[] Wave(int count, double phase, double offset = 0) =>
        [.. Enumerable.Range(0, count).Select(k => offset + Math.Sin(phase + 1.7 * k + 0.1 * k * k))];
}
