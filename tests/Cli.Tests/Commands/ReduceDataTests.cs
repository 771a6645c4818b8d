namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary>What <c>keops reduce</c> reads and writes: nulls, lists, folders, kept columns, the first rows, JSON.</summary>
public sealed class ReduceDataTests : IDisposable
{
    readonly TempFolder _folder = new();
    readonly float[] _x = Cloud.Random(40, 1);

    string Out => _folder["out.parquet"];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Columns_are_kept_beside_the_result()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a,b", 2, _x);
        var run = await Keops.DoneAsync("reduce", "x*y", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--keep", "b,a", "--out", Out, "--json");
        Assert.Equal(["sum", "b", "a"], run.Json.GetProperty("columns").EnumerateArray().Select(c => c.GetString()!));
        Assert.Equal(_x.Select(v => (double)v), await Cloud.ReadAsync(Out, "a", "b"));
        Assert.Equal(["out.parquet", "x.parquet"], _folder.Names);
    }

    [Fact]
    public async Task Nulls_are_skipped()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x, row => row is 3 or 17);
        await Keops.DoneAsync(
            "reduce", "x-y", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--nulls", "skip", "--reduction", "Min", "--out", Out);
        var largest = _x.Where((_, row) => row is not (3 or 17)).Max();
        Cloud.AssertNear(_x.Where((_, row) => row is not (3 or 17)).Select(v => (double)v - largest),
            (await Cloud.ReadAsync(Out, "min")).Where((_, row) => row is not (3 or 17)));
        Assert.True(double.IsNaN((await Cloud.ReadAsync(Out, "min"))[17]));
    }

    [Theory]
    [InlineData("local")]
    [InlineData("embedded")]
    public async Task Ranges_name_rows_of_the_file_whether_nulls_are_skipped_or_not(string on)
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x, row => row is 3 or 17);
        string[] call = ["reduce", "y-0*x", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--nulls", "skip", "--on", on, "--out", Out];
        await Keops.DoneAsync([.. call, "--mask", "band:2"]);
        var sums = await Cloud.ReadAsync(Out, "sum");
        foreach (var i in new[] { 0, 4, 5, 10, 18, 19 })
            Assert.Equal(
                Enumerable.Range(i - 2, 5).Where(j => j >= 0 && j < _x.Length && j is not (3 or 17)).Sum(j => (double)_x[j]),
                sums[i], 1e-5);
        await File.WriteAllTextAsync(
            _folder["ranges.json"], $$"""{"ranges_i":[[0,1]],"slices_i":[1],"redranges_j":[[0,{{_x.Length + 1}}]]}""",
            TestContext.Current.CancellationToken);
        Assert.Contains(
            "redranges_j[0]", await Keops.FailsAsync(1, [.. call, "--ranges", _folder["ranges.json"]]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("local")]
    [InlineData("embedded")]
    public async Task A_null_row_is_shown_as_null(string on)
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x, row => row is 3);
        string[] call = ["reduce", "x-y", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--nulls", "skip",
            "--reduction", "Min_ArgMin", "--on", on];
        var lines = (await Keops.DoneAsync(call)).Out.Split('\n');
        Assert.Equal(["3", "null", "null"], lines[4].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var head = (await Keops.DoneAsync([.. call, "--json"])).Json.GetProperty("head");
        Assert.All(head[3].EnumerateArray(), value => Assert.Equal(System.Text.Json.JsonValueKind.Null, value.ValueKind));
        Assert.All(head[2].EnumerateArray(), value => Assert.Equal(System.Text.Json.JsonValueKind.Number, value.ValueKind));
    }

    [Fact]
    public async Task Half_precision_is_rounded_to_and_written_as_floats()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x);
        string[] call = ["reduce", "x*y", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--dtype", "float16"];
        var head = (await Keops.DoneAsync([.. call, "--json"])).Json.GetProperty("head");
        var sum = _x.Sum(v => (double)(Half)v);
        var expected = _x.Select(v => (double)(Half)((double)(Half)v * sum)).ToArray();
        Cloud.AssertNear(expected[..10], head.EnumerateArray().Select(row => row[0].GetDouble()), 1e-3);
        await Keops.DoneAsync([.. call, "--out", Out]);
        var written = await Cloud.ReadAsync(Out);
        Assert.All(written, value => Assert.Equal((double)(Half)value, value));
        Cloud.AssertNear(expected, written, 1e-3);
    }

    [Theory]
    [InlineData("--use-double-acc")]
    [InlineData("--sum-scheme", "kahan_scheme")]
    public async Task A_compensated_sum_is_another_plan(params string[] options)
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x);
        string[] call = ["reduce", "x*y", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--json", "--enable-chunks", "false", "--backend", "CPU"];
        var plan = (await Keops.DoneAsync(call)).Json.GetProperty("plan").GetString();
        var compensated = (await Keops.DoneAsync([.. call, .. options])).Json.GetProperty("plan").GetString();
        Assert.NotEqual(plan, compensated);
        var explained = (await Keops.DoneAsync(["explain", .. call[1..], .. options])).Json;
        Assert.Equal(compensated, explained.GetProperty("plan").GetProperty("hash").GetString());
        Assert.Equal(
            ["sum", "sum_error"],
            explained.GetProperty("state").EnumerateArray().Select(part => part.GetProperty("name").GetString()!));
    }

    [Fact]
    public async Task A_list_column_is_a_vector()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "embedding", 20, _x);
        var run = await Keops.DoneAsync("reduce", "SqDist(x,y)", "--vi", $"x={x}:embedding", "--vj", $"y={x}", "--out", Out, "--json");
        Assert.Equal(2, run.Json.GetProperty("rows").GetInt32());
        var distance = Cloud.SqDist(_x, 0, _x, 1, 20);
        Cloud.AssertNear([distance, distance], await Cloud.ReadAsync(Out));
    }

    [Theory]
    [InlineData("lake")]
    [InlineData("lake/*.parquet")]
    [InlineData("lak?/**/*.parquet")]
    public async Task Folders_and_patterns_are_clouds(string source)
    {
        Directory.CreateDirectory(_folder["lake"]);
        await Cloud.WriteAsync(_folder["lake/1.parquet"], "a", 1, _x[..30]);
        await Cloud.WriteAsync(_folder["lake/2.parquet"], "a", 1, _x[30..]);
        await Keops.DoneAsync("reduce", "y", "--vi", $"x={_folder[source]}:a", "--vj", $"y={_folder[source]}:a", "--out", _folder["out/"]);
        Cloud.AssertNear(Enumerable.Repeat(_x.Sum(v => (double)v), 40), await Cloud.ReadAsync(_folder["out"]));
        Assert.True(File.Exists(_folder["out/_SUCCESS"]));
    }

    [Fact]
    public async Task Without_an_output_the_first_rows_are_shown()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x);
        var run = await Keops.DoneAsync("reduce", "x-y", "--reduction", "Min_ArgMin", "--vi", $"x={x}:a", "--vj", $"y={x}:a");
        var lines = run.Out.TrimEnd().Split('\n');
        Assert.Equal(11, lines.Length);
        Assert.Equal(["row", "min", "argmin"], lines[0].Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(Array.IndexOf(_x, _x.Max()).ToString(), lines[10].Split(' ', StringSplitOptions.RemoveEmptyEntries)[2]);
        Assert.Contains("--out", run.Error, StringComparison.Ordinal);
        Assert.Contains("100 %", run.Error, StringComparison.Ordinal);
        Assert.Contains("done: 40 rows", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Json_says_everything()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, _x);
        var json = (await Keops.DoneAsync("reduce", "x*y", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--json")).Json;
        Assert.Equal((40, 1600.0), (json.GetProperty("rows").GetInt32(), json.GetProperty("pairs").GetDouble()));
        Assert.True(json.GetProperty("pairs_per_second").GetDouble() > 0 && json.GetProperty("seconds").GetDouble() > 0);
        Assert.NotEqual("", json.GetProperty("plan").GetString());
        Assert.Equal(10, json.GetProperty("head").GetArrayLength());
        Assert.Equal(_x[0] * _x.Sum(v => (double)v), json.GetProperty("head")[0][0].GetDouble(), 1e-4);
    }

    [Fact]
    public async Task Infinities_are_words_in_json()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, [-1f, -2f]);
        var json = (await Keops.DoneAsync(
            "reduce", "Log(Step(x+y))", "--vi", $"x={x}:a", "--vj", $"y={x}:a", "--reduction", "Min", "--json")).Json;
        Assert.Equal("-Infinity", json.GetProperty("head")[0][0].GetString());
    }
}
