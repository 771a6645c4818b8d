namespace Distributed.Keops.Cli;

/// <summary>Where a command writes: results to one side, progress, notes and errors to the other.</summary>
/// <param name="Out">Results.</param>
/// <param name="Error">Everything else.</param>
/// <param name="ErrorIsTerminal">Whether somebody watches <paramref name="Error"/>, so that a moving bar makes sense.</param>
sealed record CommandConsole(TextWriter Out, TextWriter Error, bool ErrorIsTerminal);
