using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests;

/// <summary>Gradients of whole reductions, against central differences of the reductions themselves.</summary>
public sealed class GradientPassTests : IAsyncDisposable
{
    const int M = 4;
    const int N = 5;

    readonly KeopsEngine _engine = KeopsEngine.CreateLocal(1);

    static readonly string[] Aliases = ["x = Vi(2)", "y = Vj(2)", "b = Vj(1)", "p = Pm(2)", "c = Vi(1)"];

    static readonly double[][] Values =
    [
        Wave(2 * M, 0.3), Wave(2 * N, 1.1), Wave(N, 2.3, 1.5), [0.8, -0.6], Wave(M, 3.7, 1.5),
    ];

    public static TheoryData<string, string, string?, int?, int> Cases()
    {
        const string Scalar = "Cos(Sum(p*x*y))*b", Vector = "Sin(3*x*p-2*y)*c*b", Weight = "Concat(c*b,p|y)";
        var data = new TheoryData<string, string, string?, int?, int>();
        for (var axis = 0; axis < 2; axis++)
        {
            foreach (var name in (string[])["Sum", "Min", "Max", "Min_ArgMin", "Max_ArgMax"]) data.Add(name, Vector, null, null, axis);
            foreach (var name in (string[])["KMin", "KMin_ArgKMin"]) data.Add(name, Vector, null, 2, axis);
            data.Add("KMin", Scalar, null, 7, axis);
            foreach (var name in (string[])["LogSumExp", "Max_SumShiftExp"]) data.Add(name, Scalar, null, null, axis);
            data.Add("LogSumExp", Scalar, "Square(c)*b", null, axis);
            foreach (var name in (string[])["SumSoftMaxWeight", "SoftMax", "Max_SumShiftExpWeight", "LogSumExpWeight"])
                data.Add(name, Scalar, Weight, null, axis);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_gradient_is_that_of_central_differences_by_every_variable(
        string name, string formula, string? weight, int? k, int axis)
    {
        var genred = new Genred(formula, Aliases, name, axis, k, weight);
        var result = await ReduceAsync(Call(genred, Values));
        var e = Wave((int)result.Length, 5.3);
        var cotangent = NdArray.Of(e, [.. result.Shape]);
        foreach (var variable in genred.Arguments)
        {
            var gradient = await GradientAsync(Call(genred, Values), variable, cotangent);
            Assert.Equal(Shape(variable), gradient.Shape);
            for (var at = 0; at < Values[variable.Index].Length; at++)
            {
                var expected = await DifferenceAsync(genred, e, variable.Index, at);
                Assert.True(Math.Abs(gradient.Doubles[at] - expected) <= 1e-6 * Math.Max(1, Math.Abs(expected)),
                    $"{name} axis {axis} by {Formula.Var(variable)}[{at}]: {gradient.Doubles[at]}, expected {expected}.");
            }
        }
    }

    [Theory]
    [InlineData("ArgMin", null)]
    [InlineData("ArgMax", null)]
    [InlineData("ArgKMin", 2)]
    public async Task Row_numbers_have_gradient_zero(string name, int? k)
    {
        var genred = new Genred("x*y*p", Aliases, name, 1, k);
        foreach (var variable in genred.Arguments)
        {
            var gradient = await GradientAsync(Call(genred, Values), variable, NdArray.Of(Wave(M * 2 * (k ?? 1), 1), M, 2 * (k ?? 1)));
            Assert.Equal(Shape(variable), gradient.Shape);
            Assert.All(gradient.Doubles.ToArray(), v => Assert.Equal(0, v));
        }
    }

    [Theory]
    [InlineData("Min", null, new[] { 0.0, 1, 0, 0 })]
    [InlineData("Max", null, new[] { 1.0, 0, 0, 0 })]
    [InlineData("KMin", 2, new[] { 0.0, 1, 1, 0 })]
    [InlineData("KMin", 6, new[] { 1.0, 1, 1, 0 })]
    public async Task The_first_of_equal_values_is_the_one_that_has_a_gradient_and_NaN_has_none(string name, int? k, double[] expected)
    {
        var genred = new Genred("y", ["y = Vj(1)"], name, 1, k);
        var call = genred.Call(NdArray.Of([3, 1, 1, double.NaN], 4, 1));
        var gradient = await GradientAsync(call, genred.Arguments[0], NdArray.Of([.. Enumerable.Repeat(1.0, k ?? 1)], 1, k ?? 1));
        Assert.Equal(expected, gradient.Doubles.ToArray());
    }

    [Fact]
    public async Task What_was_not_selected_does_not_disturb_with_an_infinite_derivative()
    {
        var genred = new Genred("Sqrt(Square(y))+Inv(y)", ["y = Vj(1)"], "Min", 1);
        var gradient = await GradientAsync(genred.Call(NdArray.Of([0, 2.0], 2, 1)), genred.Arguments[0], NdArray.Of([1.0], 1, 1));
        Assert.Equal([0, 1 - 0.25], gradient.Doubles.ToArray());
    }

    [Theory]
    [InlineData("LogSumExp", null)]
    [InlineData("Max_SumShiftExp", null)]
    [InlineData("Max_SumShiftExpWeight", "y")]
    [InlineData("SumSoftMaxWeight", "y")]
    public async Task Rows_where_nothing_weighs_pass_no_gradient(string name, string? weight)
    {
        // −∞ for the first row, finite for the second.
        var genred = new Genred("Log(Step(x-5))+x*y", ["x = Vi(1)", "y = Vj(1)"], name, 1, null, weight);
        var call = genred.Call(NdArray.Of([1, 6.0], 2, 1), NdArray.Of([0.5, 0.25, 0.75], 3, 1));
        var width = name.StartsWith("Max", StringComparison.Ordinal) ? 2 : 1;
        var cotangent = NdArray.Of([.. Enumerable.Repeat(1.0, 2 * width)], 2, width);
        var byX = (await GradientAsync(call, genred.Arguments[0], cotangent)).Doubles.ToArray();
        var byY = (await GradientAsync(call, genred.Arguments[1], cotangent)).Doubles.ToArray();
        Assert.Equal(0, byX[0]);
        Assert.NotEqual(0, byX[1]);
        Assert.All(byX.Concat(byY), v => Assert.True(double.IsFinite(v), $"{v}"));
    }

    [Fact]
    public async Task Batches_that_were_repeated_are_summed()
    {
        var genred = new Genred("Exp(-SqDist(x,y))*p", ["x = Vi(2)", "y = Vj(2)", "p = Pm(1)"], "Sum", 1);
        var (x, y, e) = (Wave(3 * M * 2, 1), Wave(N * 2, 2), Wave(3 * M, 3));
        var p = NdArray.Of([1, 2, 3.0], 3, 1);
        var all = genred.Call(NdArray.Of(x, 3, M, 2), NdArray.Of(y, 1, N, 2), p);
        var cotangent = NdArray.Of(e, 3, M, 1);
        double[] byY = new double[N * 2], byX = new double[x.Length];
        for (var b = 0; b < 3; b++)
        {
            var one = genred.Call(NdArray.Of(x[(b * M * 2)..((b + 1) * M * 2)], M, 2), NdArray.Of(y, N, 2), NdArray.Of([b + 1.0], 1));
            var own = NdArray.Of(e[(b * M)..((b + 1) * M)], M, 1);
            (await GradientAsync(one, genred.Arguments[0], own)).Doubles.CopyTo(byX.AsSpan(b * M * 2));
            var part = (await GradientAsync(one, genred.Arguments[1], own)).Doubles.ToArray();
            for (var k = 0; k < part.Length; k++) byY[k] += part[k];
        }

        var gradientX = await GradientAsync(all, genred.Arguments[0], cotangent);
        var gradientY = await GradientAsync(all, genred.Arguments[1], cotangent);
        Assert.Equal([3, M, 2], gradientX.Shape);
        Assert.Equal([1, N, 2], gradientY.Shape);
        Assert.Equal(byX, gradientX.Doubles.ToArray());
        for (var k = 0; k < byY.Length; k++) Assert.Equal(byY[k], gradientY.Doubles[k], 1e-14);
        Assert.Equal([3, 1], (await GradientAsync(all, genred.Arguments[2], cotangent)).Shape);
    }

    [Theory]
    [InlineData("Sum")]
    [InlineData("LogSumExp")]
    [InlineData("Min")]
    public async Task Pairs_outside_the_ranges_have_no_part_in_a_gradient(string name)
    {
        var genred = new Genred("Cos(x*y)", ["x = Vi(1)", "y = Vj(1)"], name, 1);
        // The first two rows of i see rows 1 and 2 of j, the last the rest.
        var ranges = Ranges.FromArrays([0, 2, 2, 3], [1, 3], [1, 3, 0, 1, 3, 4]);
        double[] x = [0.3, 0.7, 1.2], y = [0.2, 0.9, 1.4, 2.1], e = [1, 0.5, -2];
        var call = genred.Call(NdArray.Of(x, 3, 1), NdArray.Of(y, 4, 1)) with { Ranges = ranges };
        var whole = (await GradientAsync(call, genred.Arguments[1], NdArray.Of(e, 3, 1))).Doubles.ToArray();
        int[] seen = [1, 2], rest = [0, 3];
        var first = await GradientAsync(
            genred.Call(NdArray.Of(x[..2], 2, 1), NdArray.Of([.. seen.Select(j => y[j])], 2, 1)),
            genred.Arguments[1], NdArray.Of(e[..2], 2, 1));
        var last = await GradientAsync(
            genred.Call(NdArray.Of(x[2..], 1, 1), NdArray.Of([.. rest.Select(j => y[j])], 2, 1)),
            genred.Arguments[1], NdArray.Of(e[2..], 1, 1));
        Assert.Equal([last.Doubles[0], first.Doubles[0], first.Doubles[1], last.Doubles[1]], whole, (a, b) => Math.Abs(a - b) < 1e-14);
    }

    [Theory]
    [InlineData("Sum", 1)]
    [InlineData("LogSumExp", 1)]
    [InlineData("Min", 1)]
    [InlineData("Max", 1)]
    [InlineData("KMin", 3)]
    public async Task Pairs_that_ranges_list_twice_count_in_a_gradient_as_often_as_in_the_values(string name, int ranks)
    {
        var genred = new Genred("Cos(x*y)", ["x = Vi(1)", "y = Vj(1)"], name, 1, name == "KMin" ? 3 : null);
        // Rows 0 to 2 of j once more, and row 2 a third time.
        var ranges = Ranges.FromArrays([0, 2, 2, 3], [3, 4], [0, 3, 2, 4, 0, 3, 1, 4]);
        double[] x = [0.3, 0.7, 1.2], y = [0.2, 0.9, 1.4, 2.1], e = Wave(3 * ranks, 2.7);
        var gradient = await GradientAsync(Over(y), genred.Arguments[1], NdArray.Of(e, 3, ranks));
        for (var j = 0; j < y.Length; j++)
        {
            const double Step = 1e-6;
            var (above, below) = (await ValueAsync(j, Step), await ValueAsync(j, -Step));
            Assert.Equal((above - below) / (2 * Step), gradient.Doubles[j], 1e-7);
        }

        ReductionCall Over(double[] rows) => genred.Call(NdArray.Of(x, 3, 1), NdArray.Of(rows, 4, 1)) with { Ranges = ranges };

        async Task<double> ValueAsync(int j, double step)
        {
            double[] moved = [.. y];
            moved[j] += step;
            var values = (await ReduceAsync(Over(moved))).Doubles.ToArray();
            return values.Zip(e, (value, weight) => value * weight).Sum();
        }
    }

    [Theory]
    [InlineData("Max_SumShiftExp", null)]
    [InlineData("Max_SumShiftExpWeight", "y")]
    [InlineData("LogSumExpWeight", "y")]
    public async Task The_maximum_counts_once_where_the_sum_beside_it_counts_pairs_that_ranges_list_twice(string name, string? weight)
    {
        var genred = new Genred("Cos(x*y)*p", ["x = Vi(1)", "y = Vj(1)", "p = Pm(1)"], name, 1, null, weight);
        var ranges = Ranges.FromArrays([0, 2, 2, 3], [3, 4], [0, 3, 2, 4, 0, 3, 1, 4]);
        double[][] data = [[0.3, 0.7, 1.2], [0.2, 0.9, 1.4, 2.1], [1.3]];
        var e = Wave(6, 2.7);
        foreach (var variable in genred.Arguments)
        {
            var gradient = await GradientAsync(Over(data), variable, NdArray.Of(e, 3, 2));
            for (var at = 0; at < data[variable.Index].Length; at++)
            {
                const double Step = 1e-6;
                var (above, below) = (await ValueAsync(variable.Index, at, Step), await ValueAsync(variable.Index, at, -Step));
                Assert.Equal((above - below) / (2 * Step), gradient.Doubles[at], 1e-7);
            }
        }

        ReductionCall Over(double[][] rows) =>
            genred.Call(NdArray.Of(rows[0], 3, 1), NdArray.Of(rows[1], 4, 1), NdArray.Of(rows[2], 1)) with { Ranges = ranges };

        async Task<double> ValueAsync(int argument, int at, double step)
        {
            double[][] moved = [.. data.Select(values => values.ToArray())];
            moved[argument][at] += step;
            var values = (await ReduceAsync(Over(moved))).Doubles.ToArray();
            return values.Zip(e, (value, share) => value * share).Sum();
        }
    }

    [Theory]
    [InlineData("Sum", null)]
    [InlineData("LogSumExp", "Square(c)")]
    [InlineData("LogSumExpWeight", "Square(c)")]
    [InlineData("SumSoftMaxWeight", "p")]
    [InlineData("Max_SumShiftExp", null)]
    [InlineData("Max_SumShiftExpWeight", "Square(c)")]
    public async Task The_accumulator_of_a_sum_serves_its_gradient_too(string name, string? weight)
    {
        // The gradient of a shifted sum takes the row of the maximum first, which adds nothing up.
        var genred = new Genred("Cos(Sum(p*x*y))*b", Aliases, name, 1, null, weight);
        var plain = Call(genred, Values);
        var result = await ReduceAsync(plain);
        var cotangent = NdArray.Of(Wave((int)result.Length, 5.3), [.. result.Shape]);
        var compensated = plain with { Options = new ReductionOptions { SumScheme = "kahan_scheme", UseDoubleAcc = true } };
        foreach (var variable in genred.Arguments)
        {
            var expected = await GradientAsync(plain, variable, cotangent);
            var gradient = await GradientAsync(compensated, variable, cotangent);
            Assert.Equal(expected.Doubles.ToArray(), gradient.Doubles.ToArray(), (a, b) => Math.Abs(a - b) < 1e-13);
        }
    }

    [Fact]
    public async Task A_cotangent_or_a_variable_that_does_not_fit_is_refused()
    {
        var genred = new Genred("x*y*p", Aliases, "Sum", 1);
        var x = genred.Arguments[0];
        var shape = await Assert.ThrowsAsync<KeopsException>(() => GradientAsync(Call(genred, Values), x, NdArray.Of(new double[3], 3, 1)));
        Assert.Contains("The cotangent", shape.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<KeopsException>(() => GradientAsync(Call(genred, Values), x, NdArray.Of(new float[2 * M], M, 2)));
        var unknown = await Assert.ThrowsAsync<KeopsException>(
            () => GradientAsync(Call(genred, Values), new Variable(9, 2, Category.I), NdArray.Of(new double[2 * M], M, 2)));
        Assert.Contains("none of the call's variables", unknown.Message, StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => _engine.DisposeAsync();

    async Task<ResultArray> ReduceAsync(ReductionCall call) =>
        (await _engine.ReduceAsync(call, null, TestContext.Current.CancellationToken))[0];

    Task<ResultArray> GradientAsync(ReductionCall call, Variable variable, NdArray cotangent) =>
        _engine.GradientAsync(call, variable, cotangent, TestContext.Current.CancellationToken);

    async Task<double> DifferenceAsync(Genred genred, double[] e, int argument, int at)
    {
        const double H = 1e-5;
        async Task<double> LossAsync(double h)
        {
            double[][] moved = [.. Values.Select(v => v.ToArray())];
            moved[argument][at] += h;
            var result = await ReduceAsync(Call(genred, moved));
            var loss = 0.0;
            for (var k = 0; k < e.Length; k++)
                if (double.IsFinite(result.Doubles[k])) loss += e[k] * result.Doubles[k];
            return loss;
        }

        return (await LossAsync(H) - await LossAsync(-H)) / (2 * H);
    }

    static ReductionCall Call(Genred genred, double[][] values) => genred.Call(
        [.. genred.Arguments.Select(v => NdArray.Of(values[v.Index], Shape(v)))]);

    static long[] Shape(Variable variable) => variable.Category switch
    {
        Category.I => [M, variable.Dim],
        Category.J => [N, variable.Dim],
        _ => [variable.Dim],
    };

    /// <summary>Numbers without equal ones among them.</summary>
    static double[] Wave(int count, double phase, double offset = 0) =>
        [.. Enumerable.Range(0, count).Select(k => offset + Math.Sin(phase + 1.7 * k + 0.1 * k * k))];
}
