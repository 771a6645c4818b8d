using System.Text.Json;

namespace Distributed.Keops.Cli.Tests;

/// <summary>What one command line gave.</summary>
public sealed record Run(int Code, string Out, string Error)
{
    /// <summary>The one JSON document on the output side.</summary>
    public JsonElement Json => JsonDocument.Parse(Out).RootElement;
}

/// <summary>Command lines in process.</summary>
static class Keops
{
    public static async Task<Run> RunAsync(params string[] args)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var code = await CliProgram.RunAsync(args, output, error, TestContext.Current.CancellationToken);
        return new Run(code, output.ToString(), error.ToString());
    }

    /// <summary>Runs a command line that has to succeed.</summary>
    public static async Task<Run> DoneAsync(params string[] args)
    {
        var run = await RunAsync(args);
        Assert.True(run.Code == 0, run.Error);
        return run;
    }

    /// <summary>Runs a command line that has to fail with a code, without a stack trace.</summary>
    public static async Task<string> FailsAsync(int code, params string[] args)
    {
        var run = await RunAsync(args);
        Assert.True(run.Code == code, $"exit code {run.Code}, expected {code}: {run.Error}");
        Assert.StartsWith("error: ", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
        return run.Error;
    }
}
