namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary>Results of <c>keops reduce</c> against brute force.</summary>
public sealed class ReduceTests : IAsyncLifetime
{
    const int M = 150;
    const int N = 210;

    readonly TempFolder _folder = new();
    readonly float[] _x = Cloud.Random(M * 3, 1);
    readonly float[] _y = Cloud.Random(N * 3, 2);
    readonly float[] _b = Cloud.Random(N, 3);

    string Vi => $"x={_folder["x.parquet"]}:p,q,r";

    string Vj => $"y={_folder["y.parquet"]}:p,q,r";

    string Weights => $"b={_folder["b.parquet"]}:w";

    string Out => _folder["out.parquet"];

    public async ValueTask InitializeAsync()
    {
        await Cloud.WriteAsync(_folder["x.parquet"], "p,q,r", 3, _x);
        await Cloud.WriteAsync(_folder["y.parquet"], "p,q,r", 3, _y);
        await Cloud.WriteAsync(_folder["b.parquet"], "w", 1, _b);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    double Distance(int i, int j) => Cloud.SqDist(_x, i, _y, j, 3);

    [Theory]
    [InlineData("float32", 1e-5)]
    [InlineData("float64", 1e-12)]
    public async Task Sum_over_j(string dtype, double tolerance)
    {
        await Keops.DoneAsync("reduce", "Exp(-g*SqDist(x,y))*b", "--vi", Vi, "--vj", Vj, "--vj", Weights, "--pm", "g=0.5",
            "--reduction", "Sum", "--axis", "1", "--dtype", dtype, "--out", Out);
        Cloud.AssertNear(
            Enumerable.Range(0, M).Select(i => Enumerable.Range(0, N).Sum(j => Math.Exp(-0.5 * Distance(i, j)) * _b[j])),
            await Cloud.ReadAsync(Out, "sum"), tolerance);
    }

    [Fact]
    public async Task Sum_over_i_of_a_vector()
    {
        await Keops.DoneAsync("reduce", "Exp(-SqDist(x,y))*x", "--vi", Vi, "--vj", Vj, "--axis", "0", "--out", Out);
        Cloud.AssertNear(
            Enumerable.Range(0, N).SelectMany(j => Enumerable.Range(0, 3).Select(d =>
                Enumerable.Range(0, M).Sum(i => Math.Exp(-Distance(i, j)) * _x[i * 3 + d]))),
            await Cloud.ReadAsync(Out, "sum_0", "sum_1", "sum_2"));
    }

    [Fact]
    public async Task Nearest_neighbours()
    {
        await Keops.DoneAsync("reduce", "SqDist(x,y)", "--reduction", "ArgKMin", "--k", "3", "--vi", Vi, "--vj", Vj, "--out", Out);
        Cloud.AssertNear(
            Enumerable.Range(0, M).SelectMany(i => Enumerable.Range(0, N).OrderBy(j => Distance(i, j)).Take(3)).Select(j => (double)j),
            await Cloud.ReadAsync(Out, "argkmin_0", "argkmin_1", "argkmin_2"), 0);
    }

    [Fact]
    public async Task Log_sum_exp_with_a_weight()
    {
        await Keops.DoneAsync("reduce", "-g*SqDist(x,y)", "--reduction", "LogSumExp", "--weight", "b",
            "--vi", Vi, "--vj", Vj, "--vj", Weights, "--pm", "g=4", "--out", Out);
        Cloud.AssertNear(
            Enumerable.Range(0, M).Select(i => Math.Log(Enumerable.Range(0, N).Sum(j => Math.Exp(-4 * Distance(i, j)) * _b[j]))),
            await Cloud.ReadAsync(Out, "logsumexp"));
    }

    [Theory]
    [InlineData("""{"ranges_i":[[0,100],[100,150]],"slices_i":[1,3],"redranges_j":[[0,50],[50,60],[200,210]]}""")]
    [InlineData("""
        {"ranges_i":[0,100,100,150],"slices_i":[1,3],"redranges_j":[0,50,50,60,200,210],"ranges_j":[],"slices_j":[],"redranges_i":[]}
        """)]
    public async Task Only_the_pairs_of_ranges(string ranges)
    {
        await File.WriteAllTextAsync(_folder["ranges.json"], ranges, TestContext.Current.CancellationToken);
        var run = await Keops.DoneAsync(
            "reduce", "SqDist(x,y)", "--vi", Vi, "--vj", Vj, "--ranges", _folder["ranges.json"], "--out", Out, "--json");
        Assert.Equal(100 * 50 + 50 * 20, run.Json.GetProperty("pairs").GetDouble());
        Cloud.AssertNear(
            Enumerable.Range(0, M)
                .Select(i => Enumerable.Range(0, N).Where(j => i < 100 ? j < 50 : j is >= 50 and < 60 or >= 200).Sum(j => Distance(i, j))),
            await Cloud.ReadAsync(Out, "sum"));
    }

    [Theory]
    [InlineData("band:20", -20, 20)]
    [InlineData("lower", int.MinValue, 0)]
    [InlineData("lower:strict", int.MinValue, -1)]
    [InlineData("upper", 0, int.MaxValue)]
    [InlineData("upper:strict", 1, int.MaxValue)]
    public async Task Only_the_pairs_of_a_mask(string mask, int low, int high)
    {
        var run = await Keops.DoneAsync("reduce", "SqDist(x,y)", "--vi", Vi, "--vj", Vj, "--mask", mask, "--out", Out, "--json");
        var expected = Enumerable.Range(0, M)
            .Select(i => Enumerable.Range(0, N).Where(j => j - i >= low && j - i <= high).ToArray()).ToArray();
        Assert.Equal(expected.Sum(js => js.Length), run.Json.GetProperty("pairs").GetDouble());
        Cloud.AssertNear(expected.Select((js, i) => js.Sum(j => Distance(i, j))), await Cloud.ReadAsync(Out, "sum"));
    }

    [Fact]
    public async Task The_same_bits_on_any_number_of_threads()
    {
        string[] call = ["reduce", "Exp(-SqDist(x,y))*b", "--vi", Vi, "--vj", Vj, "--vj", Weights, "--out"];
        await Keops.DoneAsync([.. call, Out, "--threads", "1"]);
        await Keops.DoneAsync([.. call, _folder["two.parquet"], "--threads", "2"]);
        Assert.Equal(await Cloud.ReadAsync(Out), await Cloud.ReadAsync(_folder["two.parquet"]));
    }
}
