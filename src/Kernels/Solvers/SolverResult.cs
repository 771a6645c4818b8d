using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Solvers;

/// <summary>What a solver gave.</summary>
/// <param name="Solution">
/// For each system the solution; the last iterate where the iteration limit was reached, the one with the least residual where the
/// iteration broke down.
/// </param>
/// <param name="Systems">What became of each system.</param>
/// <param name="Products">Products with the matrix.</param>
public sealed record SolverResult<TVector>(TVector Solution, ImmutableArray<SystemReport> Systems, int Products);
