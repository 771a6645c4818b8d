namespace Distributed.Keops.Kernels.Solvers;

/// <summary>An approximate eigenvalue of a symmetric matrix and its eigenvector.</summary>
/// <param name="Value">The eigenvalue θ.</param>
/// <param name="Vector">The eigenvector v, of length 1.</param>
/// <param name="Residual">The norm of Av − θv: an eigenvalue lies within this distance of θ.</param>
/// <param name="IsConverged">Whether the residual is within the tolerance.</param>
public sealed record EigenPair<TVector>(double Value, TVector Vector, double Residual, bool IsConverged);
