namespace Distributed.Keops.Cli;

/// <summary>What scripts learn from the command.</summary>
static class ExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>The job or its data failed.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the formula makes no sense; the same words never will.</summary>
    public const int Usage = 2;

    /// <summary>Cancelled by a signal: 128 + SIGINT, as shells have it.</summary>
    public const int Cancelled = 130;
}
