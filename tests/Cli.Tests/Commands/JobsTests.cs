using System.Text.Json;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary>One silo, as its clients reach it, for all of these tests.</summary>
public sealed class GatewayFixture : IAsyncLifetime
{
    EmbeddedSilo _silo = null!;

    public string Gateway => $"127.0.0.1:{_silo.GatewayPort}";

    public async ValueTask InitializeAsync() => _silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { Threads = 1 });

    public ValueTask DisposeAsync() => _silo.DisposeAsync();
}

public sealed class JobsTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>, IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    string[] On(params string[] words) => ["jobs", .. words, "--on", fixture.Gateway];

    async Task<string[]> SubmitAsync(string id, string output, int rows = 300, params string[] more)
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, Cloud.Random(rows, 1));
        string[] call = ["submit", "Exp(-SqDist(x,y))", "--vi", $"x={x}", "--vj", $"y={x}", "--dtype", "float64"];
        return On([.. call, "--out", _folder[output], "--id", id, .. more]);
    }

    [Fact]
    public async Task A_job_is_submitted_watched_shown_and_listed()
    {
        var submit = await SubmitAsync("whole", "out.parquet");
        Assert.Equal("whole", (await Keops.DoneAsync(submit)).Out.Trim());
        var watched = await Keops.DoneAsync(On("watch", "whole"));
        Assert.Contains("done: 300 rows", watched.Error, StringComparison.Ordinal);
        Assert.Equal(["out.parquet", "out.report.json", "x.parquet"], _folder.Names);

        var last = (await Keops.DoneAsync(On("watch", "whole", "--json"))).Out.Trim().Split('\n')[^1];
        Assert.Equal("done", JsonDocument.Parse(last).RootElement.GetProperty("phase").GetString());
        // Once more, the same: nothing happens.
        File.Delete(_folder["out.parquet"]);
        Assert.Contains("done:", (await Keops.DoneAsync([.. submit, "--wait"])).Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_folder["out.parquet"]));

        var shown = await Keops.DoneAsync(On("show", "whole"));
        foreach (var part in (string[])["whole", "done", "Sum_Reduction", "x.parquet", "submitted", "tasks", "worker embedded-"])
            Assert.Contains(part, shown.Out, StringComparison.Ordinal);
        var json = (await Keops.DoneAsync(On("show", "whole", "--json"))).Json;
        Assert.Equal(300, json.GetProperty("plan").GetProperty("rows").GetInt64());
        Assert.Equal(1, json.GetProperty("coordinators").GetInt32());

        Assert.Contains("whole", (await Keops.DoneAsync(On("list"))).Out, StringComparison.Ordinal);
        var x = _folder["x.parquet"] + ":a";
        await Keops.DoneAsync("reduce", "SqDist(x,y)", "--vi", $"x={x}", "--vj", $"y={x}", "--on", fixture.Gateway);
        Assert.Contains("(fetched)", (await Keops.DoneAsync(On("list"))).Out, StringComparison.Ordinal);
        var newest = (await Keops.DoneAsync(On("list", "--json", "--most", "1"))).Json.GetProperty("job").GetString()!;
        Assert.Contains("300 rows from", (await Keops.DoneAsync(On("watch", newest))).Error, StringComparison.Ordinal);
        var lines = (await Keops.DoneAsync(On("list", "--json", "--most", "100"))).Out.Trim().Split('\n');
        var entry = lines.Select(l => JsonDocument.Parse(l).RootElement).Single(j => j.GetProperty("job").GetString() == "whole");
        Assert.Equal(("done", 300), (entry.GetProperty("phase").GetString(), entry.GetProperty("rows").GetInt32()));
    }

    [Fact]
    public async Task A_name_is_made_up_where_none_is_given()
    {
        var named = await SubmitAsync("unused", "out.parquet");
        var run = await Keops.DoneAsync([.. named.Except(["--id", "unused"]), "--json"]);
        var id = run.Json.GetProperty("job").GetString()!;
        Assert.Equal(32, id.Length);
        await Keops.DoneAsync(On("watch", id));
    }

    [Fact]
    public async Task A_cancelled_job_says_so_and_leaves_nothing()
    {
        // Half a minute of work for one thread.
        var submit = await SubmitAsync("endless", "out.parquet", rows: 200_000);
        await Keops.DoneAsync(submit);
        using var watching = new CancellationTokenSource();
        using var error = new CancelOnFirstLine(watching);
        Assert.Equal(130, await CliProgram.RunAsync(On("watch", "endless"), TextWriter.Null, error, watching.Token));
        Assert.Contains("goes on", error.ToString(), StringComparison.Ordinal);

        Assert.Contains("cancelled", (await Keops.DoneAsync(On("cancel", "endless"))).Out, StringComparison.Ordinal);
        Assert.Equal(["x.parquet"], _folder.Names);
        var watched = await Keops.RunAsync(On("watch", "endless"));
        Assert.Equal(130, watched.Code);
        Assert.Contains("cancelled", watched.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_job_has_the_exit_code_of_its_failure()
    {
        var submit = await SubmitAsync("broken", "no/such/folder/out.parquet");
        await Keops.DoneAsync(submit);
        var error = await Keops.RunAsync(On("watch", "broken"));
        Assert.Equal(1, error.Code);
        Assert.Contains("does not exist", error.Error, StringComparison.Ordinal);
        Assert.Contains("failed", (await Keops.DoneAsync(On("show", "broken"))).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_belongs_to_one_job()
    {
        await Keops.DoneAsync(await SubmitAsync("mine", "out.parquet", 300, "--wait"));
        Assert.Contains("'mine'", await Keops.FailsAsync(1, await SubmitAsync("mine", "other.parquet")), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("watch")]
    [InlineData("show")]
    [InlineData("cancel")]
    public async Task A_job_that_is_not_there_is_an_error(string command) =>
        Assert.Contains("'nobody'", await Keops.FailsAsync(1, On(command, "nobody")), StringComparison.Ordinal);

    [Theory]
    [InlineData("--on local", "jobs", "list", "--on", "local")]
    [InlineData("a/b", "jobs", "watch", "a/b", "--on", "host:1")]
    [InlineData("--most", "jobs", "list", "--most", "0", "--on", "host:1")]
    [InlineData("submit, list, watch, show, cancel", "jobs")]
    [InlineData("--out", "jobs", "submit", "x", "--on", "host:1")]
    [InlineData("--id", "jobs", "submit", "x", "--out", "o.parquet", "--id", "a b", "--on", "host:1")]
    public async Task Bad_usage_is_told(string part, params string[] words)
    {
        var error = await Keops.FailsAsync(2, words);
        Assert.Contains(part.Split(' ')[0], error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_cluster_there_are_no_jobs()
    {
        if (Environment.GetEnvironmentVariable("KEOPS_CLUSTER") is not null) Assert.Skip("KEOPS_CLUSTER is set.");
        Assert.Contains("KEOPS_CLUSTER", await Keops.FailsAsync(2, "jobs", "list"), StringComparison.Ordinal);
    }

    /// <summary>Ends the watching once there is something to see.</summary>
    sealed class CancelOnFirstLine(CancellationTokenSource cancellation) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            cancellation.Cancel();
        }
    }
}
