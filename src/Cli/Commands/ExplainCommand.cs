using System.CommandLine;
using Distributed.Keops.Cli.Arguments;
using Distributed.Keops.Cli.Output;

namespace Distributed.Keops.Cli.Commands;

/// <summary><c>keops explain</c>: what <c>keops reduce</c> would do with the same options, without doing it.</summary>
sealed class ExplainCommand
{
    readonly CommandConsole _console;
    readonly ReductionOptionSet _reduction = new();
    readonly EngineOptionSet _engine = new();
    readonly Option<bool> _json = new("--json") { Description = "One JSON document on stdout instead of text." };

    public ExplainCommand(CommandConsole console)
    {
        _console = console;
        _reduction.AddTo(Command);
        _engine.AddTo(Command);
        Command.Add(_json);
        Command.SetAction(RunAsync);
    }

    public Command Command { get; } = new(
        "explain", "Shows what reduce would do with the same options: formula, program, state, schedule and plan. Nothing runs.");

    public string[] Examples { get; } =
    [
        "keops explain \"Exp(-g*SqDist(x,y))*b\" --vi x=cloud.parquet:x,y,z --vj y=cloud.parquet:x,y,z --vj b=cloud.parquet:w --pm g=0.5",
        "keops explain \"SqDist(x,y)\" --reduction KMin --k 5 --vi x=a.parquet:x,y --vj y=b.parquet:x,y --json",
    ];

    async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        _engine.Check(parsed);
        var arguments = _reduction.Read(parsed);
        await using var clouds = await arguments.OpenAsync(arguments.Options.Nulls, cancellationToken).ConfigureAwait(false);
        var call = await arguments.ToCallAsync(clouds, cancellationToken).ConfigureAwait(false);
        var explained = Explanation.Of(arguments, clouds, call);
        if (parsed.GetValue(_json)) _console.Out.WriteLine(Json.Document(explained));
        else ExplanationText.Write(explained, _console.Out);
        return ExitCode.Done;
    }
}
