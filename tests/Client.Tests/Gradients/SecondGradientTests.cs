using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests;

/// <summary>Gradients of gradients, against central differences of the first ones.</summary>
public sealed class SecondGradientTests : IAsyncDisposable
{
    const int M = 4;
    const int N = 5;

    static readonly string[] Aliases = ["x = Vi(2)", "y = Vj(2)", "b = Vj(1)", "p = Pm(2)", "c = Vi(1)"];

    static readonly double[][] Values =
    [
        Wave(2 * M, 0.3), Wave(2 * N, 1.1), Wave(N, 2.3, 1.5), [0.8, -0.6], Wave(M, 3.7, 1.5),
    ];

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(1);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string?, int?, int> Cases()
    {
        const string Scalar = "Cos(Sum(p*x*y))*b", Vector = "Sin(3*x*p-2*y)*c*b", Weight = "Concat(c*b,p|y)";
        var data = new TheoryData<string, string, string?, int?, int>();
        for (var axis = 0; axis < 2; axis++)
        {
            foreach (var name in (string[])["Sum", "Min", "Max_ArgMax"]) data.Add(name, Vector, null, null, axis);
            data.Add("KMin_ArgKMin", Vector, null, 2, axis);
            data.Add("LogSumExp", Scalar, null, null, axis);
            data.Add("Max_SumShiftExp", Scalar, null, null, axis);
            data.Add("LogSumExp", Scalar, "Square(c)*b", null, axis);
            foreach (var name in (string[])["SumSoftMaxWeight", "Max_SumShiftExpWeight"]) data.Add(name, Scalar, Weight, null, axis);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_second_gradient_is_that_of_central_differences_of_the_first_by_every_pair_of_variables(
        string name, string formula, string? weight, int? k, int axis)
    {
        var genred = new Genred(formula, Aliases, name, axis, k, weight);
        var e = Wave((int)(await ReduceAsync(Call(genred, Values))).Length, 5.3);
        foreach (var first in genred.Arguments)
        {
            // The loss of one set of data is ⟨u, ∂⟨e, result⟩/∂first⟩.
            var u = Wave(Values[first.Index].Length, 7.7);
            ReductionCall FirstOf(double[][] values)
            {
                var call = Call(genred, values);
                var rows = axis == 1 ? M : N;
                return call.Gradient(first, NdArray.Of(e, rows, e.Length / rows));
            }

            var gradient = FirstOf(Values);
            var own = await ReduceAsync(gradient);
            Assert.Equal(Shape(first), own.Shape);
            foreach (var second in genred.Arguments)
            {
                var result = await _engine.GradientAsync(gradient, second, NdArray.Of(u, Shape(first)), Token);
                Assert.Equal(Shape(second), result.Shape);
                // Some numbers of each variable: the others are alike.
                for (var at = second.Index % 2; at < Values[second.Index].Length; at += 3)
                {
                    const double H = 1e-5;
                    var expected = (await LossAsync(H) - await LossAsync(-H)) / (2 * H);
                    Assert.True(Math.Abs(result.Doubles[at] - expected) <= 1e-6 * Math.Max(1, Math.Abs(expected)),
                        $"{name} axis {axis} by {Formula.Var(first)}, {Formula.Var(second)}[{at}]: {result.Doubles[at]}, not {expected}.");

                    async Task<double> LossAsync(double h)
                    {
                        double[][] moved = [.. Values.Select(v => v.ToArray())];
                        moved[second.Index][at] += h;
                        return (await ReduceAsync(FirstOf(moved))).Doubles.ToArray().Zip(u, (g, share) => g * share).Sum();
                    }
                }
            }
        }
    }

    [Fact]
    public async Task Of_tensors_a_gradient_is_a_sum_that_can_be_differentiated_again_and_again()
    {
        // Σ_j x_i³·y_j, one row: its derivatives by x are 3x²·Y, 6x·Y and 6·Y with Y = Σ y = 4; e, u and v scale them.
        var (x, y) = (LazyTensor.Vi(new double[,] { { 0.5 } }), LazyTensor.Vj(new double[,] { { 1 }, { 3 } }));
        var (e, u) = (LazyTensor.Vi(new double[,] { { 2 } }), LazyTensor.Vi(new double[,] { { 5 } }));
        var first = (x.Pow(3) * y).Sum(Axis.J).Gradient(x, e);
        var second = first.Gradient(x, u);
        Assert.Equal("Sum", second.Reduction.Kind.Name);
        Assert.Equal(2 * 3 * 0.25 * 4, (await ReduceAsync(first)).Doubles[0], 1e-12);
        Assert.Equal(5 * 2 * 6 * 0.5 * 4, (await ReduceAsync(second)).Doubles[0], 1e-12);
        var third = await _engine.GradientAsync(second, x, new double[,] { { 7 } }, Token);
        Assert.Equal(7 * 5 * 2 * 6 * 4, third.Doubles[0], 1e-12);
        // The gradient is linear in its cotangent, which is a variable like others.
        Assert.Equal(5 * 3 * 0.25 * 4, (await ReduceAsync(first.Gradient(e, u))).Doubles[0], 1e-12);
    }

    [Fact]
    public async Task A_cotangent_that_is_a_variable_of_the_call_is_one_variable_with_it()
    {
        // ⟨e, Σ_j e·x²·y_j⟩ of one row, Y = 4: the gradient by x is 2x·Y·e², and its derivative by e is 4x·Y·e.
        var (x, y) = (LazyTensor.Vi(new double[,] { { 0.5 } }), LazyTensor.Vj(new double[,] { { 1 }, { 3 } }));
        var e = LazyTensor.Vi(new double[,] { { 3 } });
        var gradient = (e * x.Square() * y).Sum(Axis.J).Gradient(x, e);
        Assert.Equal(2 * 0.5 * 4 * 9, (await ReduceAsync(gradient)).Doubles[0], 1e-12);
        var byE = await _engine.GradientAsync(gradient, e, new double[,] { { 1 } }, Token);
        Assert.Equal(4 * 0.5 * 4 * 3, byE.Doubles[0], 1e-12);
    }

    [Fact]
    public async Task Data_of_a_gradient_of_a_sum_may_be_given_later()
    {
        var gradient = (LazyTensor.Vi(0, 1).Square() * LazyTensor.Vj(1, 1)).Sum(Axis.J)
            .Gradient(LazyTensor.Vi(0, 1), LazyTensor.Vi(2, 1));
        var bound = gradient.Bind(new double[,] { { 0.5 }, { 2 } }, new double[,] { { 1 }, { 3 } }, new double[,] { { 1 }, { 10 } });
        var result = await ReduceAsync(bound);
        Assert.Equal([4, 160], result.Doubles.ToArray());
    }

    [Fact]
    public async Task Batches_that_were_repeated_are_summed_in_both()
    {
        // Σ_b Σ_j x²·y of one x for two batches of y, which sum to 3 and 7.
        var genred = new Genred("Square(x)*y", ["x = Vi(1)", "y = Vj(1)"], "Sum", 1);
        var call = genred.Call(NdArray.Of([0.5], 1, 1, 1), NdArray.Of([1.0, 2, 3, 4], 2, 2, 1));
        var x = genred.Arguments[0];
        var gradient = call.Gradient(x, NdArray.Of([1.0, 10], 2, 1, 1));
        var first = await ReduceAsync(gradient);
        Assert.Equal([1, 1, 1], first.Shape);
        Assert.Equal(2 * 0.5 * (3 + 70), first.Doubles[0], 1e-12);
        var cotangent = NdArray.Of([100.0], 1, 1, 1);
        var second = await _engine.GradientAsync(gradient, x, cotangent, Token);
        Assert.Equal(100 * 2 * (3 + 70), second.Doubles[0], 1e-12);
    }

    [Fact]
    public async Task Where_and_how_a_result_is_given_is_not_inherited()
    {
        var (x, y) = (LazyTensor.Vi(new double[,] { { 0.5 } }), LazyTensor.Vj(new double[,] { { 1 }, { 3 } }));
        var e = LazyTensor.Vi(new double[,] { { 2 } });
        var call = (x * y).MatMul(new double[] { 1, 10 }) with { Into = [new double[1]] };
        var byX = await ReduceAsync(call.Gradient(x, e));
        Assert.Equal([1, 1], byX.Shape);
        Assert.Equal(2 * 31, byX.Doubles[0], 1e-12);
        var written = (x * y).LogSumExp(Axis.J) with { Output = new OutputTarget("nowhere/at/all.parquet", []) };
        Assert.Null(written.Gradient(x, e).Output);
        Assert.True(double.IsFinite((await ReduceAsync(written.Gradient(x, e))).Doubles[0]));
    }

    [Fact]
    public async Task What_is_no_single_call_or_does_not_fit_is_refused()
    {
        var (x, y) = (LazyTensor.Vi(new double[,] { { 0.5 } }), LazyTensor.Vj(new double[,] { { 1 }, { 3 } }));
        var e = LazyTensor.Vi(new double[,] { { 2 } });
        var first = (x * y).LogSumExp(Axis.J).Gradient(x, e);
        var several = Assert.Throws<KeopsException>(() => first.Gradient(x, e));
        Assert.Contains("GradientAsync", several.Message, StringComparison.Ordinal);
        var side = Assert.Throws<KeopsException>(() => (x * y).Sum(Axis.J).Gradient(x, y));
        Assert.Contains("a variable that I indexes, of dimension 1", side.Message, StringComparison.Ordinal);
        var unknown = Assert.Throws<KeopsException>(() => (x * y).Sum(Axis.J).Gradient(e, e));
        Assert.Contains("did not go into this reduction", unknown.Message, StringComparison.Ordinal);
        var symbolic = Assert.Throws<KeopsException>(
            () => (LazyTensor.Vi(0, 1) * y).LogSumExp(Axis.J).Gradient(LazyTensor.Vi(0, 1), e));
        Assert.Contains("Bind", symbolic.Message, StringComparison.Ordinal);
        var job = Assert.Throws<KeopsException>(() => first.Compile());
        Assert.Contains("ReduceAsync", job.Message, StringComparison.Ordinal);
        var rows = await Assert.ThrowsAnyAsync<KeopsException>(() => _engine.GradientAsync(first, x, new double[2, 1], Token));
        Assert.Contains("'cotangent'", rows.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    async Task<ResultArray> ReduceAsync(ReductionCall call) => (await _engine.ReduceAsync(call, null, Token))[0];

    static ReductionCall Call(Genred genred, double[][] values) => genred.Call(
        [.. genred.Arguments.Select(v => NdArray.Of(values[v.Index], Shape(v)))]);

    static long[] Shape(Variable variable) => variable.Category switch
    {
        Category.I => [M, variable.Dim],
        Category.J => [N, variable.Dim],
        _ => [variable.Dim],
    };

    static double[] Wave(int count, double phase, double offset = 0) =>
        [.. Enumerable.Range(0, count).Select(k => offset + Math.Sin(phase + 1.7 * k + 0.1 * k * k))];
}
