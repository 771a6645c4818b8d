namespace Distributed.Keops.Cli.Tests.Commands;

/// <summary>Command lines that make no sense: exit code 2 and a line that says why.</summary>
public sealed class BadUsageTests : IAsyncLifetime
{
    readonly TempFolder _folder = new();

    string X => $"x={_folder["x.parquet"]}:a,b";

    public async ValueTask InitializeAsync() => await Cloud.WriteAsync(_folder["x.parquet"], "a,b,c", 3, Cloud.Random(30, 1));

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("", "A command is missing")]
    [InlineData("reduc", "Did you mean 'reduce'?")]
    [InlineData("reduce", "FORMULA")]
    [InlineData("reduce x --vi X --axes 1", "Did you mean '--axis'?")]
    [InlineData("reduce --reductio=Sum x --vi X", "Did you mean '--reduction'?")]
    [InlineData("reduce x y --vi X", "'y' is one argument too many")]
    [InlineData("reduce x --vi X --axis", "--axis")]
    [InlineData("reduce x --vi X --axis 2", "--axis is '2': expected 0 or 1.")]
    [InlineData("reduce x --vi X --axis 1 --axis 0", "--axis")]
    [InlineData("reduce x --vi X --pm g=a", "'a' is no number")]
    [InlineData("reduce x --vi X --pm g", "--pm g: expected NAME=NUMBER")]
    [InlineData("reduce x --vi x", "--vi x: expected NAME=FILE")]
    [InlineData("reduce x --vi 2x=f.parquet", "'2x' can't name a variable")]
    [InlineData("reduce x --vi X --vj X", "'x' is given 2 times")]
    [InlineData("reduce x --vi x=f.parquet:a,a", "named twice")]
    [InlineData("reduce x --vi X --reduction KMin", "needs a number K")]
    [InlineData("reduce x --vi X --reduction KMin --k 0", "--k is '0'")]
    [InlineData("reduce x --vi X --k 3", "takes no number K")]
    [InlineData("reduce x --vi X --reduction Mean", "Unknown reduction 'Mean'")]
    [InlineData("reduce x --vi X --reduction LogSumExp", "dimension 1, not 2")]
    [InlineData("reduce x|x --vi X --reduction SumSoftMaxWeight", "needs a second formula")]
    [InlineData("reduce x --vi X --weight x", "takes no second formula")]
    [InlineData("reduce x --vi X --dtype float8", "--dtype is 'float8': expected float16, float32 or float64.")]
    [InlineData("reduce x --vi X --dtype float64 --dtype-acc float32", "dtype_acc is float32")]
    [InlineData("reduce x --vi X --dtype float32 --dtype-acc float16", "dtype_acc is float16")]
    [InlineData("reduce x --vi X --use-double-acc --dtype-acc float64", "give one of them")]
    [InlineData("reduce x --vi X --reduction Min --sum-scheme kahan_scheme", "adds nothing up")]
    [InlineData("reduce x --vi X --enable-chunks maybe", "--enable-chunks is 'maybe'")]
    [InlineData("reduce x --vi X --device-id first", "--device-id is 'first'")]
    [InlineData("reduce x --vi X --sum-scheme kahan", "--sum-scheme is 'kahan'")]
    [InlineData("reduce x --vi X --mask diagonal", "--mask diagonal: expected band:W")]
    [InlineData("reduce x --vi X --mask band:-1", "--mask band:-1: expected band:W")]
    [InlineData("reduce x --vi X --mask lower --ranges r.json", "give one of them")]
    [InlineData("reduce x --vi X --nulls ignore", "--nulls is 'ignore'")]
    [InlineData("reduce x --vi X --threads many", "--threads is 'many'")]
    [InlineData("reduce x --vi X --threads 5000", "at most 1024")]
    [InlineData("reduce x --vi X --out density", "--out density")]
    [InlineData("reduce x --vi X --keep a", "--keep needs --out")]
    [InlineData("reduce x --vi X --keep a --axis 0 --out o.parquet", "no file stands on the output's side")]
    [InlineData("reduce x --vi X --on nowhere", "--on is 'nowhere'")]
    [InlineData("reduce x --vi X --device tpu", "--device is 'tpu'")]
    [InlineData("reduce Var(1,2,0) --vi X", "Var(1,2,0)")]
    [InlineData("bench", "WORKLOADS.json")]
    public async Task Bad_usage_is_named(string line, string part)
    {
        var args = line.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word == "X" ? X : word).ToArray();
        Assert.Contains(part, await Keops.FailsAsync(2, args), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x+Expp(x)", 2, "Did you mean 'Exp'?")]
    [InlineData("Exp(x", 5, "expected ')'")]
    [InlineData("Exp(z)", 4, "'z'")]
    [InlineData("x*SqDist(x,c)", 2, "dimensions 2, 3")]
    [InlineData("1.5*x", 0, "")]
    public async Task Bad_formulas_are_pointed_at(string formula, int position, string part)
    {
        var error = await Keops.FailsAsync(2, "reduce", formula, "--vi", X, "--vi", $"c={_folder["x.parquet"]}");
        Assert.Contains(part, error, StringComparison.Ordinal);
        Assert.Equal(position, error.Split('\n').Single(line => line.Trim() == "^").IndexOf('^', StringComparison.Ordinal) - 2);
    }

    [Theory]
    [InlineData("(", ")")]
    [InlineData("Exp(", ")")]
    [InlineData("-", "")]
    public async Task Endless_nesting_is_refused(string open, string close)
    {
        var formula = string.Concat(Enumerable.Repeat(open, 10_000)) + "x" + string.Concat(Enumerable.Repeat(close, 10_000));
        var error = await Keops.FailsAsync(2, "reduce", formula, "--vi", X);
        Assert.Contains("nesting", error, StringComparison.Ordinal);
        Assert.All(error.Split('\n'), line => Assert.True(line.Length < 200));
    }
}
