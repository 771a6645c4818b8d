namespace Distributed.Keops.Cli.Tests.Commands;

public sealed class HelpTests
{
    [Theory]
    [InlineData("--help", "reduce", "explain", "bench", "devices", "jobs", "silo", "--version")]
    [InlineData("reduce --help", "FORMULA", "--reduction", "--axis", "--vi", "--vj", "--pm", "--k", "--weight", "--dtype", "--dtype-acc",
        "--sum-scheme", "--ranges", "--mask", "--keep", "--nulls", "--threads", "--on", "--device", "--json",
        "--out", "ArgKMin", "--out density.parquet")]
    [InlineData("explain --help", "FORMULA", "--vi", "--json", "keops explain")]
    [InlineData("bench --help", "--only", "--repeat", "--threads", "--json", "keops bench benchmarks/workloads.json")]
    [InlineData("jobs --help", "submit", "list", "watch", "show", "cancel", "keops jobs list")]
    [InlineData("jobs submit --help", "FORMULA", "--vi", "--out", "--id", "--on", "KEOPS_CLUSTER", "--wait", "--json")]
    [InlineData("jobs list --help", "--most", "--json", "--on")]
    [InlineData("jobs watch --help", "ID", "--json", "--on", "keops jobs watch")]
    [InlineData("jobs show --help", "ID", "--json", "--on")]
    [InlineData("jobs cancel --help", "ID", "--on")]
    [InlineData("devices --help", "--json", "keops devices")]
    [InlineData("silo --help", "--config", "--lake", "--insecure", "keops silo --lake", "Keops__Threads=4")]
    public async Task Help_is_complete(string line, params string[] parts)
    {
        var run = await Keops.DoneAsync(line.Split(' '));
        foreach (var part in parts.Append("Examples:").Append("Exit codes:").Append("keops"))
            Assert.Contains(part, run.Out, StringComparison.Ordinal);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task The_version_is_the_program_s() =>
        Assert.Matches(@"^keops \d+\.\d+\.\d+\s*$", (await Keops.DoneAsync("--version")).Out);

    [Fact]
    public async Task Devices_are_listed()
    {
        Assert.Contains("cpu-", (await Keops.DoneAsync("devices")).Out, StringComparison.Ordinal);
        var device = (await Keops.DoneAsync("devices", "--json")).Json.GetProperty("devices")[0];
        Assert.Equal(Environment.ProcessorCount, device.GetProperty("threads").GetInt32());
        Assert.True(device.GetProperty("vector_bits").GetInt32() is 128 or 256 or 512);
    }
}
