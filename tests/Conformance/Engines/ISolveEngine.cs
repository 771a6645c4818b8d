using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>An engine that solves linear systems whose matrix is a Genred call.</summary>
public interface ISolveEngine : ICaseEngine
{
    /// <summary>Solves (αI + K) a = b.</summary>
    /// <exception cref="KeopsException">The call is refused; any other exception counts as a crash.</exception>
    CaseResult Solve(SolveCase system);
}

/// <summary>One call of KeOps' KernelSolve.</summary>
/// <param name="Product">The matrix: a Sum, linear in the unknown; the unknown's argument is the right-hand side.</param>
/// <param name="Unknown">The alias of the unknown.</param>
/// <param name="Alpha">The ridge.</param>
/// <param name="Eps">When to stop.</param>
public sealed record SolveCase(GenredCall Product, string Unknown, double Alpha, double Eps);
