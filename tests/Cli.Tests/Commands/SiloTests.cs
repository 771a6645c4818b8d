namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary><c>keops silo</c> as scripts see it: one line when it is ready, exit codes, and no secrets.</summary>
public sealed class SiloTests : IDisposable
{
    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task It_says_when_it_is_ready_works_and_ends_with_0()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a,b", 2, Cloud.Random(4000, 1));
        using var silo = SiloProcess.Start("--lake", _folder.Path);
        Assert.StartsWith("ready: silo ", await silo.ReadyAsync(), StringComparison.Ordinal);
        string[] call = ["reduce", "Exp(-SqDist(x,y))", "--vi", $"x={x}", "--vj", $"y={x}"];
        await Keops.DoneAsync([.. call, "--out", _folder["cluster.parquet"], "--on", $"127.0.0.1:{silo.GatewayPort}"]);
        await Keops.DoneAsync([.. call, "--out", _folder["local.parquet"]]);
        Assert.Equal(await Cloud.ReadAsync(_folder["local.parquet"]), await Cloud.ReadAsync(_folder["cluster.parquet"]));

        // Other processes' files are not for clients to read or write.
        var outside = await Keops.FailsAsync(1, [.. call, "--out", "/etc/keops.parquet", "--on", $"127.0.0.1:{silo.GatewayPort}"]);
        Assert.Contains("outside the lake", outside, StringComparison.Ordinal);

        silo.Terminate();
        var end = await silo.EndAsync();
        Assert.True(end.Code == 0, end.Error);
        Assert.Equal("", end.Out);
        Assert.Contains("Stopping: 0 tasks in hand", end.Error, StringComparison.Ordinal);
        // Nothing that works is warned of.
        Assert.DoesNotContain("warn", end.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Logs_may_be_json()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM.");
        using var silo = SiloProcess.Start("--lake", _folder.Path, "--Keops:JsonLogs=true", "--Logging:LogLevel:Orleans=Error");
        Assert.NotNull(await silo.ReadyAsync());
        silo.Terminate();
        var lines = (await silo.EndAsync()).Error.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains(lines.Select(line => new Run(0, line, "").Json), line => line.GetProperty("EventId").GetInt32() == 110);
    }

    [Fact]
    public async Task A_wrong_password_is_told_without_the_password()
    {
        using var postgres = new DistrustfulPostgres();
        const string Password = "keep-me-secret";
        using var silo = SiloProcess.Start(
            "--lake", _folder.Path, "--Logging:LogLevel:Default=Trace", "--Orleans:Clustering:ProviderType=AdoNet",
            $"--Orleans:Clustering:ConnectionString=Host=127.0.0.1;Port={postgres.Port};Username=keops;Password={Password};Database=keops");
        var end = await silo.EndAsync();
        Assert.Equal(1, end.Code);
        Assert.Contains("error: The silo could not start: 28P01: password authentication failed", end.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, end.Error + end.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "Keops:Lake is empty")]
    [InlineData(1, "--insecure", "--lake", ".", "--Orleans:Endpoints:SiloListeningEndpoint=0.0.0.0:1")]
    [InlineData(1, "Keops:Threads is 0", "--lake", ".", "--Keops:Threads=0")]
    [InlineData(2, "Did you mean '--lake'?", "--lak", ".")]
    [InlineData(2, "expected --Section:Key=value", "--lake", ".", "Keops:Threads=1")]
    [InlineData(1, "none.json", "--config", "none.json")]
    public async Task Wrong_settings_are_told_in_one_line(int code, string part, params string[] args) =>
        Assert.Contains(part, await Keops.FailsAsync(code, ["silo", .. args]), StringComparison.Ordinal);
}
