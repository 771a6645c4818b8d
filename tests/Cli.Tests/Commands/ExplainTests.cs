namespace Distributed.Keops.Cli.Tests.Commands;

public sealed class ExplainTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    async Task<string[]> CallAsync(params string[] more)
    {
        var cloud = await Cloud.WriteAsync(_folder["cloud.parquet"], "a,b,c,w", 4, Cloud.Random(400, 1));
        return ["explain", "Exp(-g*SqDist(x,y))*b", "--vi", $"x={cloud}:a,b,c", "--vj", $"y={cloud}:a,b,c",
            "--vj", $"b={cloud}:w", "--pm", "g=0.5", .. more];
    }

    [Fact]
    public async Task Every_part_is_shown()
    {
        var text = (await Keops.DoneAsync(await CallAsync())).Out;
        foreach (var part in (string[])[
            "Sum_Reduction(", "float32", "SqNorm2  [1]", "Subtract  [3]", "Vi", "Vj", "Pm", "cloud.parquet: a, b, c", "0.5",
            "once a call (parameter)", "every pair (ij)", "exp2", "[3] ij", "sum [1] float64, empty: 0", "sum [1] float32",
            "-bit vectors, tile", "cpu-", "1 i-block of", "1 leaf of", "1 task on this machine", "10 k pairs", "B read of the output side"])
            Assert.Contains(part, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_has_the_same_parts()
    {
        var json = (await Keops.DoneAsync(await CallAsync("--json", "--reduction", "KMin", "--k", "2"))).Json;
        Assert.Equal("KMin_Reduction", json.GetProperty("reduction").GetString()![..14]);
        Assert.Equal(["x", "y", "b", "g"], json.GetProperty("variables").EnumerateArray().Select(v => v.GetProperty("name").GetString()!));
        Assert.Contains("exp2", json.GetProperty("program").GetProperty("pairs").GetString(), StringComparison.Ordinal);
        var plan = json.GetProperty("plan");
        Assert.Equal(
            (100, 100, 10_000.0),
            (plan.GetProperty("rows").GetInt32(), plan.GetProperty("columns").GetInt32(), plan.GetProperty("pairs").GetDouble()));
        Assert.True(plan.GetProperty("output_bytes").GetInt64() > 0);
    }

    [Fact]
    public async Task The_plan_is_the_one_that_runs()
    {
        var call = await CallAsync("--json");
        var explained = (await Keops.DoneAsync(call)).Json.GetProperty("plan").GetProperty("hash").GetString();
        Assert.Equal(explained, (await Keops.DoneAsync(["reduce", .. call[1..]])).Json.GetProperty("plan").GetString());
    }

    [Fact]
    public async Task Rows_with_nulls_do_not_count()
    {
        var cloud = await Cloud.WriteAsync(_folder["nulls.parquet"], "a", 1, Cloud.Random(30, 1), row => row < 10);
        string[] call = ["x*y", "--vi", $"x={cloud}", "--vj", $"y={cloud}", "--nulls", "skip", "--json"];
        var plan = (await Keops.DoneAsync(["explain", .. call])).Json.GetProperty("plan");
        Assert.Equal((30, 20), (plan.GetProperty("rows").GetInt32(), plan.GetProperty("columns").GetInt32()));
        var reduced = await Keops.DoneAsync(["reduce", .. call]);
        Assert.Equal(plan.GetProperty("hash").GetString(), reduced.Json.GetProperty("plan").GetString());
    }
}
