using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Solvers;

/// <summary>What a solver gave.</summary>
/// <param name="Solution">For each system the solution, or the iterate with the least residual where there is none.</param>
/// <param name="Systems">What became of each system.</param>
/// <param name="Products">Products with the matrix.</param>
public sealed record SolverResult<TVector>(TVector Solution, ImmutableArray<SystemReport> Systems, int Products);
