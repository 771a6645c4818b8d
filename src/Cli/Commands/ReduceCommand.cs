using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Output;
using Distributed.Keops.Data;

namespace Distributed.Keops.Cli.Commands;

/// <summary><c>keops reduce</c>: carries out a reduction of files into a file.</summary>
sealed class ReduceCommand
{
    readonly CommandConsole _console;
    readonly ReductionOptionSet _reduction = new();
    readonly EngineOptionSet _engine = new();
    readonly Option<bool> _json = new("--json") { Description = "One JSON document on stdout instead of text." };

    public ReduceCommand(CommandConsole console)
    {
        _console = console;
        _reduction.AddTo(Command);
        _engine.AddTo(Command);
        Command.Add(_json);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new("reduce", "Carries out a reduction of the points in files and writes the result as Parquet.");

    public string[] Examples { get; } =
    [
        "keops reduce \"Exp(-g*SqDist(x,y))*b\" "
            + "--vi x=cloud.parquet:x,y,z --vj y=cloud.parquet:x,y,z --vj b=cloud.parquet:w --pm g=0.5 --out density.parquet",
        "keops reduce \"SqDist(x,y)\" --reduction ArgKMin --k 10 "
            + "--vi x=new.parquet:x,y --vj y='lake/2026/*.parquet:x,y' --keep id --out neighbours/",
        "keops reduce \"-SqDist(x,y)\" --reduction LogSumExp --weight b "
            + "--vi x=a.arrow:embedding --vj y=b.arrow:embedding --vj b=b.arrow:w --json",
    ];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        _engine.Check(parsed);
        var arguments = _reduction.Read(parsed);
        if (_engine.IsRemote(parsed)) arguments = arguments.Rooted();
        // The engine opens the clouds itself, where it runs; here their footers give the dimensions.
        await using var clouds = await arguments.OpenAsync(NullPolicy.Error, cancellationToken).ConfigureAwait(false);
        var call = await arguments.ToCallAsync(clouds, cancellationToken).ConfigureAwait(false);
        await using var open = await _engine.OpenAsync(parsed, cancellationToken).ConfigureAwait(false);
        var result = await ProgressDisplay.RunAsync(
            _console, progress => open.Engine.ReduceAsync(call, progress, cancellationToken)).ConfigureAwait(false);
        var report = new ReductionReport(call, result);
        if (parsed.GetValue(_json)) report.WriteJson(_console.Out);
        else report.WriteText(_console);
        return ExitCode.Done;
    }
}
