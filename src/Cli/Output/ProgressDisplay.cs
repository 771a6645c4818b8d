using Distributed.Keops.Client;
using Spectre.Console;

namespace Distributed.Keops.Cli.Output;

/// <summary>How far a job is, on the error side: a moving bar where somebody watches, lines where the text goes into a log.</summary>
static class ProgressDisplay
{
    /// <summary>Runs work and shows its progress.</summary>
    public static Task<T> RunAsync<T>(CommandConsole console, Func<IProgress<ReductionProgress>, Task<T>> work) => console.ErrorIsTerminal
        ? WithBarAsync(console.Error, work)
        : work(new ProgressLines(console.Error));

    static Task<T> WithBarAsync<T>(TextWriter error, Func<IProgress<ReductionProgress>, Task<T>> work)
    {
        // Colours, width and NO_COLOR are the terminal library's business.
        var terminal = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(error) });
        var bar = terminal.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn());
        return bar.StartAsync(context => work(new BarProgress(context.AddTask("pairs"))));
    }

    sealed class BarProgress(ProgressTask task) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => task.Value = value.Pairs > 0 ? 100 * value.PairsDone / value.Pairs : 100;
    }
}
