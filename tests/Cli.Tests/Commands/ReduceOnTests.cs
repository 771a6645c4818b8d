using Distributed.Keops.Silo;

namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary>The same command line here, on a silo in the process, and through a gateway.</summary>
public sealed class ReduceOnTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    async Task<string[]> CallAsync()
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a,b,id", 3, Cloud.Random(9000, 1));
        return ["reduce", "Exp(-SqDist(x,y))*b", "--vi", $"x={x}:a,b", "--vj", $"y={x}:a,b", "--vj", $"b={x}:id"];
    }

    [Fact]
    public async Task Every_engine_gives_the_same_bits()
    {
        var call = await CallAsync();
        await Keops.DoneAsync([.. call, "--out", _folder["local.parquet"], "--keep", "id"]);
        await Keops.DoneAsync([.. call, "--out", _folder["embedded.parquet"], "--keep", "id", "--on", "embedded", "--threads", "2"]);
        await using var silo = await EmbeddedSilo.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
        await Keops.DoneAsync([.. call, "--out", _folder["cluster/"], "--keep", "id", "--on", $"127.0.0.1:{silo.GatewayPort}"]);
        var local = await Cloud.ReadAsync(_folder["local.parquet"]);
        Assert.Equal(6000, local.Length);
        Assert.Equal(local, await Cloud.ReadAsync(_folder["embedded.parquet"]));
        Assert.Equal(local, await Cloud.ReadAsync(_folder["cluster"]));
    }

    [Fact]
    public async Task Rows_come_back_from_a_silo()
    {
        var call = await CallAsync();
        var local = (await Keops.DoneAsync([.. call, "--json"])).Json;
        var embedded = (await Keops.DoneAsync([.. call, "--json", "--on", "embedded"])).Json;
        foreach (var part in (string[])["rows", "pairs", "plan", "head"])
            Assert.Equal(local.GetProperty(part).GetRawText(), embedded.GetProperty(part).GetRawText());
    }

    [Theory]
    [InlineData("none.parquet", "x=none.parquet:a")]
    [InlineData("column 'z'", "--keep", "z")]
    public async Task Failures_look_the_same(string part, params string[] more)
    {
        string[] call = [.. await CallAsync(), "--on", "embedded", "--out", _folder["out.parquet"]];
        if (more.Length == 1) call[3] = more[0];
        else call = [.. call, .. more];
        Assert.Contains(part, await Keops.FailsAsync(1, call), StringComparison.Ordinal);
        Assert.Equal(["x.parquet"], _folder.Names);
    }

    [Fact]
    public async Task Threads_of_a_cluster_are_its_own() =>
        Assert.Contains("--threads", await Keops.FailsAsync(2, [.. await CallAsync(), "--on", "host:30000", "--threads", "2"]),
            StringComparison.Ordinal);
}
