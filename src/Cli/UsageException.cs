using Distributed.Keops.Kernels;

namespace Distributed.Keops.Cli;

/// <summary>The command line makes no sense.</summary>
/// <param name="message">What was found, what was expected, which option.</param>
sealed class UsageException(string message) : KeopsException(message)
{
    /// <summary>The formula the error stands in, if it stands in one.</summary>
    public string? Text { get; init; }

    /// <summary>The zero-based position in <see cref="Text"/>; −1 for none.</summary>
    public int Position { get; init; } = -1;

    /// <summary>The command whose help tells more, such as <c>keops reduce</c>; null when help would not.</summary>
    public string? Command { get; init; }
}
