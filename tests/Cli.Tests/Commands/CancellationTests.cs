namespace Distributed.Keops.Cli.Tests.Commands;

public sealed class CancellationTests : IDisposable
{
    // Some seconds of work for one thread.
    const int Rows = 100_000;

    readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("out.parquet", "local")]
    [InlineData("out/", "local")]
    [InlineData("out.parquet", "embedded")]
    public async Task Nothing_is_left(string output, string on)
    {
        var x = await Cloud.WriteAsync(_folder["x.parquet"], "a", 1, Cloud.Random(Rows, 1));
        using var cancellation = new CancellationTokenSource();
        using var error = new CancelOnFirstLine(cancellation);
        var code = await CliProgram.RunAsync(
            ["reduce", "Exp(-SqDist(x,y))", "--vi", $"x={x}", "--vj", $"y={x}", "--dtype", "float64",
                "--threads", "1", "--on", on, "--out", _folder[output]],
            TextWriter.Null, error, cancellation.Token);
        Assert.Equal(130, code);
        Assert.EndsWith("cancelled", error.ToString().TrimEnd(), StringComparison.Ordinal);
        Assert.Equal(["x.parquet"], _folder.Names);
    }

    /// <summary>Cancels once the job says that it has begun.</summary>
    sealed class CancelOnFirstLine(CancellationTokenSource cancellation) : StringWriter
    {
        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            cancellation.Cancel();
        }
    }
}
