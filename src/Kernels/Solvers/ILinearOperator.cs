namespace Distributed.Keops.Kernels.Solvers;

/// <summary>A square matrix that is known by its products only. It works on each system of a vector separately.</summary>
/// <typeparam name="TVector">The vectors it multiplies.</typeparam>
public interface ILinearOperator<TVector>
{
    /// <summary>Computes <c>result ← A·vector</c>.</summary>
    /// <param name="vector">What is multiplied; not changed.</param>
    /// <param name="result">Another vector; all of it is overwritten.</param>
    /// <param name="cancellationToken">Ends the product; <paramref name="result"/> is undefined then.</param>
    Task ApplyAsync(TVector vector, TVector result, CancellationToken cancellationToken);
}
