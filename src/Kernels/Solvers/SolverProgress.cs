namespace Distributed.Keops.Kernels.Solvers;

/// <summary>How far a solver is.</summary>
/// <param name="Iteration">Iterations done.</param>
/// <param name="Residual">The largest root mean square of a residual, over the systems still worked on.</param>
/// <param name="Unsolved">The number of those systems.</param>
public readonly record struct SolverProgress(int Iteration, double Residual, int Unsolved);
