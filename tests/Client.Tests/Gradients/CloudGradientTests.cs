using System.Runtime.InteropServices;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client.Tests;

/// <summary>Gradients over clouds from files are those over arrays of the same values.</summary>
public sealed class CloudGradientTests : IDisposable
{
    const int M = 60;
    const int N = 90;

    static readonly string[] Aliases = ["x = Vi(2)", "y = Vj(2)", "p = Pm(2)"];

    readonly string _folder = Directory.CreateTempSubdirectory("keops").FullName;

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, int?, int, bool> Cases()
    {
        var data = new TheoryData<string, int?, int, bool>();
        foreach (var (name, k) in ((string, int?)[])[("Sum", null), ("Min", null), ("Max_ArgMax", null), ("KMin", 3), ("KMin_ArgKMin", 2)])
        {
            for (var axis = 0; axis < 2; axis++)
            {
                data.Add(name, k, axis, false);
                data.Add(name, k, axis, true);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Nulls_or_not_a_gradient_is_that_of_arrays(string name, int? k, int axis, bool nulls)
    {
        // Rows on both sides, and at the ends; what is left of them is the same problem in arrays.
        bool[] keepX = Kept(M, 7, nulls), keepY = Kept(N, 5, nulls);
        double[] x = Wave(2 * M, 0.3), y = Wave(2 * N, 1.1), p = [0.8, -0.6];
        await WriteAsync("x.parquet", x, nulls ? keepX : null);
        await WriteAsync("y.parquet", y, nulls ? keepY : null);
        var genred = new Genred("Sin(3*x*p-2*y)", Aliases, name, axis, k);
        var arrays = genred.Call(Array(Pick(x, keepX, 2), 2), Array(Pick(y, keepY, 2), 2), NdArray.Of(p, 2));
        var files = arrays with
        {
            Variables =
            [
                arrays.Variables[0] with { Data = new CloudData(new CloudSpec(Path.Combine(_folder, "x.parquet"), "a", "b")) },
                arrays.Variables[1] with { Data = new CloudData(new CloudSpec(Path.Combine(_folder, "y.parquet"), "a", "b")) },
                arrays.Variables[2],
            ],
            Options = new ReductionOptions { Nulls = nulls ? NullPolicy.Skip : NullPolicy.Error },
        };
        await using var engine = KeopsEngine.CreateLocal(1);
        var (keep, width) = (axis == 1 ? keepX : keepY, 2 * (k ?? 1));
        var e = Wave(width * keep.Length, 5.3);
        foreach (var variable in genred.Arguments)
        {
            var expected = await engine.GradientAsync(arrays, variable, Array(Pick(e, keep, width), width), Token);
            var gradient = await engine.GradientAsync(files, variable, Array(e, width), Token);
            var kept = variable.Category switch { Category.I => keepX, Category.J => keepY, _ => [true] };
            Assert.Equal(expected.Doubles.ToArray(), Pick(gradient.Doubles.ToArray(), kept, 2), (a, b) => Math.Abs(a - b) < 1e-12);
        }
    }

    [Fact]
    public async Task An_array_beside_a_cloud_leaves_out_the_rows_that_the_cloud_does()
    {
        var keep = Kept(N, 5, true);
        double[] y = Wave(2 * N, 1.1), b = Wave(N, 2.2);
        await WriteAsync("y.parquet", y, keep);
        var genred = new Genred("Sum(y)*b", ["y = Vj(2)", "b = Vj(1)"], "Sum", 1);
        var call = genred.Call(Array(y, 2), Array(b, 1));
        var cloud = new BoundVariable(
            genred.Arguments[0], new CloudData(new CloudSpec(Path.Combine(_folder, "y.parquet"), "a", "b")));
        var skipping = call with { Variables = [cloud, call.Variables[1]], Options = new ReductionOptions { Nulls = NullPolicy.Skip } };
        var sum = await Engines.ReduceAsync(skipping);
        Assert.Equal(Enumerable.Range(0, N).Where(j => keep[j]).Sum(j => (y[2 * j] + y[2 * j + 1]) * b[j]), sum.Doubles[0], 1e-12);

        var left = call.Variables[1] with { Data = new TensorData(Array(Pick(b, keep, 1), 1)) };
        var error = await Assert.ThrowsAsync<DataException>(() => Engines.ReduceAsync(skipping with { Variables = [cloud, left] }));
        Assert.Contains($"'b' (Var(1,1,1)) has {keep.Count(k => k)}", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    async Task WriteAsync(string name, double[] values, bool[]? keep)
    {
        await using var writer = await ResultWriter.CreateAsync(
            Path.Combine(_folder, name),
            new[] { "a", "b" }.Select(n => new ResultColumn(n, ResultKind.Float64, 1, keep is not null)),
            new ResultOptions { RowGroupRows = 32 }, Token);
        var valid = keep is null ? null : RowMask.Create(0, keep.Length, r => keep[r]);
        await writer.AppendRowsAsync(values.Length / 2, MemoryMarshal.AsBytes<double>(values).ToArray(), valid, Token);
        await writer.CommitAsync(Token);
    }

    /// <summary>Every so-manieth row is left out, and the first.</summary>
    static bool[] Kept(int rows, int each, bool nulls) => [.. Enumerable.Range(0, rows).Select(r => !nulls || r % each != 0)];

    static double[] Pick(double[] values, bool[] keep, int dim) => [.. values.Where((_, at) => keep[at / dim])];

    static NdArray Array(double[] values, int dim) => NdArray.Of(values, values.Length / dim, dim);

    static double[] Wave(int count, double phase) =>
        [.. Enumerable.Range(0, count).Select(k => Math.Sin(phase + 1.7 * k + 0.1 * k * k))];
}
