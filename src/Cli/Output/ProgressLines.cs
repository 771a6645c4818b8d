using System.Diagnostics;
using Distributed.Keops.Client;

namespace Distributed.Keops.Cli.Output;

/// <summary>Progress for logs: a line for every tenth done. Safe for several threads.</summary>
sealed class ProgressLines(TextWriter output) : IProgress<ReductionProgress>
{
    readonly Stopwatch _clock = Stopwatch.StartNew();
    readonly Lock _turn = new();
    int _tenths;

    public void Report(ReductionProgress value)
    {
        var tenths = value.Pairs > 0 ? (int)(10 * value.PairsDone / value.Pairs) : 10;
        lock (_turn)
        {
            if (tenths <= _tenths) return;
            _tenths = tenths;
            output.WriteLine($"{10 * tenths,3} % of {Figures.Short(value.Pairs)} pairs, {Figures.Seconds(_clock.Elapsed.TotalSeconds)}");
        }
    }
}
