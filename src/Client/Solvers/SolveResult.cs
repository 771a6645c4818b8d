namespace Distributed.Keops.Client;

/// <summary>What a solve gave.</summary>
/// <param name="Solution">a, in the shape and dtype of the right-hand side; for a system that is not solved, its best iterate.</param>
/// <param name="Report">How it went; look at <see cref="SolveReport.Converged"/> before using the solution.</param>
public sealed record SolveResult(ResultArray Solution, SolveReport Report);
