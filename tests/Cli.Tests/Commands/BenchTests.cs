using System.Text.Json;

namespace Distributed.Keops.Cli.Tests.Commands;

public sealed class BenchTests : IDisposable
{
    const string Workloads = """
        {"workloads": [
          {"name": "gauss", "formula": "Exp(-g*SqDist(x,y))*b", "aliases": ["g = Pm(1)", "x = Vi(3)", "y = Vj(3)", "b = Vj(2)"],
           "pm": {"g": [4.0]}, "reduction": "Sum", "axis": 1, "m": 70, "n": 90, "dtype": "float32"},
          {"name": "near", "formula": "SqDist(x,y)", "aliases": ["x = Vi(2)", "y = Vj(2)"], "reduction": "ArgKMin", "opt_arg": 4,
           "axis": 0, "m": 70, "n": 90, "dtype": "float64"},
          {"name": "soft", "formula": "x|y", "formula2": "b", "aliases": ["x = Vi(2)", "y = Vj(2)", "b = Vj(5)"], "pm": {},
           "reduction": "SumSoftMaxWeight", "m": 70, "n": 90}
        ]}
        """;

    readonly TempFolder _folder = new();

    string Path => _folder["workloads.json"];

    public BenchTests() => File.WriteAllText(Path, Workloads);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Json_lines_are_valid()
    {
        var run = await Keops.DoneAsync("bench", Path, "--json", "--repeat", "2");
        var lines = run.Out.TrimEnd().Split('\n').Select(line => JsonDocument.Parse(line).RootElement).ToArray();
        Assert.Equal(["gauss", "near", "soft"], lines.Select(l => l.GetProperty("name").GetString()!));
        foreach (var line in lines)
        {
            Assert.Equal(["name", "seconds", "first", "gpairs"], line.EnumerateObject().Select(p => p.Name));
            Assert.Equal(70 * 90 / line.GetProperty("seconds").GetDouble() / 1e9, line.GetProperty("gpairs").GetDouble(), 1e-6);
        }
    }

    [Fact]
    public async Task A_table_of_some()
    {
        var run = await Keops.DoneAsync("bench", Path, "--only", "soft,gauss", "--repeat", "1", "--threads", "1");
        Assert.Equal(["name", "soft", "gauss"], run.Out.TrimEnd().Split('\n').Select(line => line.Split(' ')[0]));
    }

    [Fact]
    public async Task The_project_has_its_workloads_in_order()
    {
        var all = await Bench.Workload.ReadFileAsync(
            System.IO.Path.Combine(AppContext.BaseDirectory, "workloads.json"), TestContext.Current.CancellationToken);
        Assert.Equal(all.Length, all.Select(w => w.Name).Distinct().Count());
        foreach (var workload in all) (workload with { M = 2, N = 2 }).CreateCall();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("{\"workloads\": []}")]
    [InlineData("{\"workloads\": [{\"name\": \"x\"}]}")]
    public async Task Broken_files_are_refused(string text)
    {
        await File.WriteAllTextAsync(Path, text, TestContext.Current.CancellationToken);
        Assert.Contains("workloads.json", await Keops.FailsAsync(1, "bench", Path), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unknown_names_are_refused() =>
        Assert.Contains("Did you mean 'gauss'", await Keops.FailsAsync(2, "bench", Path, "--only", "gaus"), StringComparison.Ordinal);
}
