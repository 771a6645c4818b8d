using System.Runtime.InteropServices;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Grains.Tests.Cluster;

/// <summary>Dtypes, accumulators, nulls and the caller's arrays: the same in this process and on a silo.</summary>
public sealed class PrecisionTests(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>, IAsyncLifetime
{
    readonly TempFolder _folder = new();
    readonly KeopsEngine _local = KeopsEngine.CreateLocal(2);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    IEnumerable<KeopsEngine> Engines => [_local, fixture.Silo.Engine];

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _folder.Dispose();
        await _local.DisposeAsync();
    }

    [Fact]
    public async Task Halfs_are_computed_as_floats_and_rounded_once()
    {
        var (x, y) = (Halfs(3000, 1), Halfs(60_000, 2));
        var call = Gauss(LazyTensor.Vi(x, 3), LazyTensor.Vj(y, 3));
        Assert.Equal(ElementType.Float16, call.Type);
        var wide = Gauss(LazyTensor.Vi(Array.ConvertAll(x, v => (float)v), 3), LazyTensor.Vj(Array.ConvertAll(y, v => (float)v), 3));
        var expected = (await Calls.LocallyAsync(wide))[0].Singles.ToArray().Select(v => (Half)v).ToArray();
        foreach (var engine in Engines)
        {
            var result = (await engine.ReduceAsync(call, null, Token))[0];
            Assert.Equal(ElementType.Float16, result.Type);
            Assert.Equal(expected, result.Halfs.ToArray());
        }

        static ReductionCall Gauss(LazyTensor x, LazyTensor y) => (-x.SqDist(y)).Exp().Sum(axis: 1);
    }

    [Fact]
    public async Task Clouds_are_read_as_halfs_and_results_written_as_floats()
    {
        await Calls.WriteCloudAsync(_folder["x.parquet"], 700, 5);
        var spec = CloudSpec.Parse(_folder["x.parquet"] + ":p_0,p_1");
        var call = LazyTensor.FromCloud(spec, Category.I, ElementType.Float16)
            .SqDist(LazyTensor.FromCloud(spec, Category.J, ElementType.Float16)).Sum(axis: 1);
        var expected = (await Calls.LocallyAsync(call))[0].Halfs.ToArray().Select(v => (float)v).ToArray();
        foreach (var engine in Engines)
        {
            await engine.ReduceAsync(call.WithOutput(_folder["out.parquet"]), null, Token);
            Assert.Equal(expected, await Calls.ReadAsync(_folder["out.parquet:sum"]));
        }
    }

    [Theory]
    [InlineData("kahan_scheme", "auto", false)]
    [InlineData("auto", "float64", false)]
    [InlineData("auto", "auto", true)]
    public async Task Options_of_accumulation_reach_the_kernels(string scheme, string acc, bool useDouble)
    {
        // Large terms at both ends of several leaves, of which each plain sum of doubles keeps nothing but multiples of 2.
        const int N = 150_000;
        var terms = Enumerable.Range(0, N).Select(j => j == 0 ? 3e7f : j == N - 1 ? -3e7f : 0.7f).ToArray();
        var call = (LazyTensor.Vj(terms, 1) + LazyTensor.Vi(new float[4], 1)).Sum(axis: 1);
        var exact = (float)((N - 2) * (double)0.7f);
        var options = new ReductionOptions { SumScheme = scheme, DtypeAcc = acc, UseDoubleAcc = useDouble };
        foreach (var engine in Engines)
        {
            var plain = await engine.ReduceAsync(call, null, Token);
            var compensated = await engine.ReduceAsync(call with { Options = options }, null, Token);
            Assert.All(compensated[0].Singles.ToArray(), sum => Assert.Equal(exact, sum));
            Assert.All(plain[0].Singles.ToArray(), sum => Assert.NotEqual(exact, sum));
            Assert.NotEqual(plain.PlanHash, compensated.PlanHash);
        }

        Calls.AssertSame(
            await Calls.LocallyAsync(call with { Options = options }),
            await fixture.Silo.Engine.ReduceAsync(call with { Options = options }, null, Token));
    }

    [Fact]
    public async Task Rows_with_nulls_have_no_result()
    {
        const int Rows = 5000;
        static bool IsNull(long row) => row % 97 == 5 || row >= 4990;
        await WriteNullsAsync(_folder["x.parquet"], Rows, IsNull);
        var spec = CloudSpec.Parse(_folder["x.parquet"] + ":a");
        foreach (var type in new[] { ElementType.Float16, ElementType.Float32, ElementType.Float64 })
        {
            var (x, y) = (LazyTensor.FromCloud(spec, Category.I, type), LazyTensor.FromCloud(spec, Category.J, type));
            var call = (x - y).Abs().KMinArgKMin(2, axis: 1) with { Options = new ReductionOptions { Nulls = NullPolicy.Skip } };
            foreach (var engine in Engines)
            {
                var result = await engine.ReduceAsync(call, null, Token);
                foreach (var array in result.Arrays)
                    Assert.Equal(
                        Enumerable.Range(0, Rows).Select(row => IsNull(row)), Enumerable.Range(0, Rows).Select(row => array.IsNull(row)));
                var values = Doubles(result[0]);
                Assert.Equal(Enumerable.Range(0, 2 * Rows).Select(at => IsNull(at / 2)), values.Select(double.IsNaN));
                var indices = result[1].Indices.ToArray();
                for (var row = 0; row < Rows; row++)
                {
                    if (IsNull(row)) Assert.Equal([-1, -1], indices[(2 * row)..(2 * row + 2)]);
                    else Assert.All(indices[(2 * row)..(2 * row + 2)], j => Assert.False(j < 0 || IsNull(j), $"row {row} is near row {j}"));
                }
            }

            Calls.AssertSame(await Calls.LocallyAsync(call), await fixture.Silo.Engine.ReduceAsync(call, null, Token));
        }
    }

    [Fact]
    public async Task Gradients_over_rows_with_nulls_and_arrays_beside_them_are_the_same_on_every_engine()
    {
        const int Rows = 300;
        await WriteNullsAsync(_folder["g.parquet"], Rows, row => row % 7 == 0);
        var spec = CloudSpec.Parse(_folder["g.parquet"] + ":a");
        var (x, y) = (LazyTensor.FromCloud(spec, Category.I), LazyTensor.FromCloud(spec, Category.J));
        float[] numbers = [.. Enumerable.Range(0, Rows).Select(row => MathF.Sin(row + 1))];
        var b = LazyTensor.Vj(NdArray.Of(numbers, Rows, 1));
        foreach (var reduction in (ReductionCall[])[((x - y) * b).Sum(axis: 1), ((x - y) * b).Min(axis: 1)])
        {
            var call = reduction with { Options = new ReductionOptions { Nulls = NullPolicy.Skip } };
            foreach (var variable in (LazyTensor[])[x, y, b])
            {
                var expected = Doubles(await _local.GradientAsync(call, variable, NdArray.Of(numbers, Rows, 1), Token));
                Assert.Contains(expected, value => !double.IsNaN(value) && value != 0);
                var result = await fixture.Silo.Engine.GradientAsync(call, variable, NdArray.Of(numbers, Rows, 1), Token);
                Assert.Equal(expected, Doubles(result));
            }
        }
    }

    [Fact]
    public async Task A_neighbour_that_is_not_there_is_row_0_whatever_rows_have_nulls()
    {
        // Three rows of which the first is null: each has one neighbour beside itself, the third place is empty.
        await WriteNullsAsync(_folder["few.parquet"], 3, row => row == 0);
        var spec = CloudSpec.Parse(_folder["few.parquet"] + ":a");
        var (x, y) = (LazyTensor.FromCloud(spec, Category.I), LazyTensor.FromCloud(spec, Category.J));
        var call = (x - y).Abs().KMinArgKMin(3, axis: 1) with { Options = new ReductionOptions { Nulls = NullPolicy.Skip } };
        foreach (var engine in Engines)
        {
            var result = await engine.ReduceAsync(call, null, Token);
            Assert.Equal([1, 2, 0, 2, 1, 0], result[1].Indices[3..].ToArray());
            Assert.Equal([double.PositiveInfinity, double.PositiveInfinity], new[] { Doubles(result[0])[5], Doubles(result[0])[8] });
        }

        var output = _folder["nearest.parquet"];
        await fixture.Silo.Engine.ReduceAsync(call.WithOutput(output), null, Token);
        await using var cloud = await PointCloud.OpenAsync(
            CloudSpec.Parse(output + ":argkmin_2"), new CloudOptions { Nulls = NullPolicy.Skip }, Token);
        var third = new byte[3 * sizeof(float)];
        await cloud.ReadAsync(0, 3, third, Token);
        Assert.Equal([0f, 0f], MemoryMarshal.Cast<byte, float>(third)[1..].ToArray());
    }

    [Fact]
    public async Task Rows_without_nulls_have_no_mask()
    {
        var result = await Calls.LocallyAsync(Calls.Gauss(20, 30));
        Assert.Null(result[0].Valid);
        Assert.False(result[0].IsNull(3));
    }

    [Fact]
    public async Task Results_go_into_the_callers_arrays()
    {
        var nearest = Calls.Nearest(9000, 300, 3);
        var call = nearest with { Reduction = nearest.Reduction with { Kind = Kernels.Reductions.ReductionKind.Find("KMin_ArgKMin") } };
        var expected = await Calls.LocallyAsync(call);
        foreach (var engine in Engines)
        {
            var (values, indices) = (new float[9000, 3], new long[9000 * 3]);
            var result = await engine.ReduceAsync(call with { Into = [values, NdArray.Of(indices, 9000, 3)] }, null, Token);
            Calls.AssertSame(expected, result);
            Assert.Equal(expected[0].Singles.ToArray(), values.Cast<float>());
            Assert.Equal(expected[1].Indices.ToArray(), indices);
            // The result is the caller's memory, not a copy of it.
            values[0, 0] = 42;
            Assert.Equal(42, result[0].Singles[0]);
        }
    }

    [Fact]
    public async Task Arrays_that_do_not_fit_are_refused_and_left_alone()
    {
        var call = Calls.Gauss(50, 60);
        foreach (var engine in Engines)
        {
            await Fails([new double[50, 1]], "float64 of shape (50, 1), expected float32 of shape (50, 1)");
            await Fails([new float[50]], "float32 of shape (50), expected float32 of shape (50, 1)");
            await Fails([new float[60, 1]], "float32 of shape (60, 1)");
            await Fails([new float[50, 1], new float[50, 1]], "2 arrays were given for the results, expected 1: sum");
            var fits = new float[50, 1];
            fits[0, 0] = 7;
            var bad = call with { Into = [fits], Options = new ReductionOptions { DtypeAcc = "float16" } };
            await Assert.ThrowsAsync<KeopsException>(() => engine.ReduceAsync(bad, null, Token));
            Assert.Equal(7, fits[0, 0]);

            async Task Fails(NdArray[] into, string says)
            {
                var error = await Assert.ThrowsAsync<KeopsException>(() => engine.ReduceAsync(call with { Into = [.. into] }, null, Token));
                Assert.Contains(says, error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task A_result_goes_to_one_place() =>
        Assert.Contains("Into", (await Assert.ThrowsAsync<KeopsException>(() => Calls.LocallyAsync(
            Calls.Gauss(5, 6).WithOutput(_folder["out.parquet"]) with { Into = [new float[5, 1]] }))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Mixed_dtypes_are_refused_by_name()
    {
        var genred = new Genred("SqDist(left,right)", ["left=Vi(2)", "right=Vj(2)"], axis: 1);
        var error = Assert.Throws<KeopsException>(() => genred.Call(new float[5, 2], new double[6, 2]));
        Assert.Contains("'left'", error.Message, StringComparison.Ordinal);
        Assert.Contains("is float32 and 'right'", error.Message, StringComparison.Ordinal);

        var tensors = Assert.Throws<KeopsException>(() => LazyTensor.Vi(new Half[5, 2]).SqDist(LazyTensor.Vj(new float[6, 2])));
        Assert.Contains("Vi(2) of shape (5, 2) is float16 and Vj(2) of shape (6, 2) is float32", tensors.Message, StringComparison.Ordinal);

        var call = Calls.Gauss(5, 6);
        var points = call.Variables[0] with { Data = new TensorData(new double[5, 3]), Name = "points" };
        var mixed = call with { Variables = call.Variables.SetItem(0, points) };
        foreach (var engine in Engines)
        {
            var refused = await Assert.ThrowsAsync<KeopsException>(() => engine.ReduceAsync(mixed, null, Token));
            Assert.Contains("'points'", refused.Message, StringComparison.Ordinal);
            Assert.Contains("float64", refused.Message, StringComparison.Ordinal);
            Assert.Contains("float32", refused.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_refused()
    {
        foreach (var engine in Engines)
        {
            foreach (var options in new[] { new ReductionOptions { Backend = "GPU" }, new ReductionOptions { DeviceId = 2 } })
            {
                var call = Calls.Gauss(5, 6) with { Options = options };
                var error = await Assert.ThrowsAsync<KeopsException>(() => engine.ReduceAsync(call, null, Token));
                Assert.Contains(options.DeviceId == 2 ? "device_id" : "GPU", error.Message, StringComparison.Ordinal);
            }

            await engine.ReduceAsync(
                Calls.Gauss(5, 6) with
                    { Options = new ReductionOptions { Backend = "CPU", DeviceId = 0, EnableChunks = false } }, null, Token);
        }
    }

    static Half[] Halfs(int rows, int seed) => Array.ConvertAll(Calls.Uniform(rows * 3, seed), v => (Half)v);

    static double[] Doubles(ResultArray array) => array.Type switch
    {
        ElementType.Float16 => Array.ConvertAll(array.Halfs.ToArray(), v => (double)v),
        ElementType.Float32 => Array.ConvertAll(array.Singles.ToArray(), v => (double)v),
        _ => array.Doubles.ToArray(),
    };

    static async Task WriteNullsAsync(string path, int rows, Func<long, bool> isNull)
    {
        await using var writer = await ResultWriter.CreateAsync(
            path, [new ResultColumn("a", ResultKind.Float32, 1, Nullable: true)], new ResultOptions { RowGroupRows = 1000 }, Token);
        var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes(Calls.Uniform(rows, 9).AsSpan()).ToArray();
        await writer.AppendRowsAsync(rows, bytes, RowMask.Create(0, rows, r => !isNull(r)), Token);
        await writer.CommitAsync(Token);
    }
}
