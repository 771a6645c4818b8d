using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Solvers;

/// <summary>What became of one system.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="Iterations">Iterations it took part in.</param>
/// <param name="Residual">
/// Root mean square of b − Ax over the components, computed from the solution and not by recursion (which is taken where the product isn't
/// finite).
/// </param>
/// <param name="RelativeResidual">‖b − Ax‖ / ‖b‖; 0 for b = 0.</param>
/// <param name="History">Root mean square of the residual as the recursion has it: at the start and after each iteration.</param>
public sealed record SystemReport(
    SolveStatus Status, int Iterations, double Residual, double RelativeResidual, ImmutableArray<double> History);
