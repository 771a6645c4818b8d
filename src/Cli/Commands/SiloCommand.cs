using System.CommandLine;
using System.Text.RegularExpressions;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Cli.Commands;

/// <summary><c>keops silo</c>: one member of a cluster, until a signal ends it.</summary>
sealed partial class SiloCommand
{
    readonly CommandConsole _console;
    readonly Option<string?> _config = Options.Optional("--config", "FILE", "A JSON file of settings; appsettings.json of the working folder by default.");
    readonly Option<string[]> _lake = Options.Repeated("--lake", "DIR", "A folder that clouds and outputs lie in, the same on all silos.");

    readonly Option<bool> _insecure = new("--insecure")
    {
        Description = "Lets the silo be reached from other machines although nothing is encrypted yet.",
    };

    public SiloCommand(CommandConsole console)
    {
        _console = console;
        foreach (var option in (Option[])[_config, _lake, _insecure]) Command.Add(option);
        // Words such as --Keops:Threads=4 are settings.
        Command.TreatUnmatchedTokensAsErrors = false;
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new(
        "silo", "Runs a member of a cluster until SIGTERM or Ctrl-C. Settings: appsettings.json, environment (Keops__Threads=4), then words such as --Keops:Threads=4.");

    public string[] Examples { get; } =
    [
        "keops silo --lake /data",
        "keops silo --lake /data --Orleans:Clustering:ProviderType=Redis --Orleans:Clustering:ConnectionString=127.0.0.1:6379",
        "keops silo --config silo.json --Orleans:Endpoints:SiloPort=11112 --Orleans:Endpoints:GatewayPort=30001",
    ];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var words = parsed.UnmatchedTokens.ToList();
        foreach (var word in words) Check(word);
        words.AddRange(parsed.GetRequiredValue(_lake).Select((folder, n) => $"--Keops:Lake:{n}={Path.GetFullPath(folder)}"));
        if (parsed.GetValue(_insecure)) words.Add("--Keops:Insecure=true");
        await using var silo = SiloHost.Create(SiloConfiguration.Read(parsed.GetValue(_config), words));
        await silo.StartAsync(cancellationToken).ConfigureAwait(false);
        _console.Out.WriteLine($"ready: {silo.Description}");
        await _console.Out.FlushAsync(CancellationToken.None).ConfigureAwait(false);
        await WaitAsync(cancellationToken).ConfigureAwait(false);
        await silo.StopAsync().ConfigureAwait(false);
        return ExitCode.Done;
    }

    void Check(string word)
    {
        if (Setting().IsMatch(word)) return;
        throw new UsageException($"'{word}' is no setting: expected --Section:Key=value.{NearestName.Suggest(word.Split('=')[0], Command.Options.Select(o => o.Name))}")
        {
            Command = "keops silo",
        };
    }

    static async Task WaitAsync(CancellationToken cancellationToken)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(ended.SetResult);
        await ended.Task.ConfigureAwait(false);
    }

    [GeneratedRegex("^--[A-Za-z]+(:[^=:]+)+=.*$")]
    private static partial Regex Setting();
}
