namespace Distributed.Keops.Kernels.Solvers;

/// <summary><c>A + αI</c>.</summary>
/// <param name="space">The vectors' space.</param>
/// <param name="matrix">A.</param>
/// <param name="alpha">α.</param>
public sealed class RidgeOperator<TVector>(IVectorSpace<TVector> space, ILinearOperator<TVector> matrix, double alpha)
    : ILinearOperator<TVector>
{
    readonly double[] _alphas = Coefficients.All(space.Systems, alpha);
    readonly double[] _ones = Coefficients.All(space.Systems, 1);

    /// <inheritdoc/>
    public async Task ApplyAsync(TVector vector, TVector result, CancellationToken cancellationToken)
    {
        await matrix.ApplyAsync(vector, result, cancellationToken).ConfigureAwait(false);
        await space.RunAsync([new CombineStep<TVector>(result, _alphas, vector, _ones)], cancellationToken).ConfigureAwait(false);
    }
}
