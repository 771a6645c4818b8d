namespace Distributed.Keops.Kernels.Solvers;

/// <summary>How the solution of a system ended.</summary>
public enum SolveStatus
{
    /// <summary>The residual, computed anew from the solution, satisfies the stop rule.</summary>
    Converged,

    /// <summary>The iteration limit was reached.</summary>
    IterationLimit,

    /// <summary>
    /// The residual no longer falls: rounding in the product, or a matrix so ill-conditioned that more iterations do not help.
    /// </summary>
    Stagnated,

    /// <summary>A direction p with p·Ap ≤ 0 was met: the matrix is not positive definite, or not to working precision.</summary>
    NotPositiveDefinite,

    /// <summary>A product or the right-hand side holds infinities or NaN.</summary>
    NonFinite,
}
