namespace Distributed.Keops.Client;

/// <summary>What the gradient of a solve gave.</summary>
/// <param name="Gradients">One for each variable that was asked for, in its data's shape and the call's dtype.</param>
/// <param name="Adjoint">How the solve with the cotangent went.</param>
/// <param name="Solution">How the solve itself went; null where its solution was given.</param>
public sealed record SolveGradients(IReadOnlyList<ResultArray> Gradients, SolveReport Adjoint, SolveReport? Solution)
{
    /// <summary>Whether every system is solved; where one is not, the gradients are those of the iterates.</summary>
    public bool Converged => Adjoint.Converged && (Solution is null || Solution.Converged);
}
