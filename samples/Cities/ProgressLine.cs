using Distributed.Keops.Client;

namespace Distributed.Keops.Cities;

/// <summary>How far a reduction is, on standard error: a bar where that is a terminal, a line every quarter where it is not.</summary>
sealed class ProgressLine(string name) : IProgress<ReductionProgress>, IDisposable
{
    const int Width = 40;

    readonly Lock _lock = new();
    int _shown = -1;

    public void Report(ReductionProgress value)
    {
        var share = value.Pairs > 0 ? Math.Clamp(value.PairsDone / value.Pairs, 0, 1) : 1;
        lock (_lock)
        {
            var step = (int)(share * (Console.IsErrorRedirected ? 4 : 100));
            if (step <= _shown) return;
            _shown = step;
            if (Console.IsErrorRedirected)
            {
                Console.Error.WriteLine($"{name}: {share:P0}");
                return;
            }

            var full = (int)(share * Width);
            Console.Error.Write($"\r{name,-11} [{new string('#', full)}{new string('.', Width - full)}] {share,4:P0}");
        }
    }

    public void Dispose()
    {
        if (!Console.IsErrorRedirected) Console.Error.Write($"\r{new string(' ', Width + 24)}\r");
    }
}
