using System.Diagnostics;

namespace Distributed.Keops.Cluster.Tests.Services;

/// <summary>Programs that tests need and that may not be installed.</summary>
static class Programs
{
    /// <summary>The path of a program. Without it the test is skipped, and fails where <c>CI=true</c>.</summary>
    /// <param name="name">Its file name.</param>
    /// <param name="package">What to install.</param>
    /// <param name="folders">Where to look before PATH.</param>
    public static string Require(string name, string package, params IEnumerable<string> folders)
    {
        var path = Environment.GetEnvironmentVariable("PATH") ?? "";
        var found = folders.Concat(path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            .Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
        if (found is not null) return found;
        var reason = $"{name} is not installed (apt-get install {package}).";
        Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", reason);
        throw new InvalidOperationException(reason);
    }

    /// <summary>Runs a program to its end, which has to be a good one.</summary>
    public static async Task<string> RunAsync(string program, IEnumerable<string> arguments, string? folder = null)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = folder ?? "",
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{program} ended with exit code {process.ExitCode}: {await error}{await output}");
        return await output;
    }
}
