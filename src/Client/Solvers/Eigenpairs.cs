using System.Collections.Immutable;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>Eigenvalues and eigenvectors of a symmetric matrix.</summary>
/// <param name="Values">The eigenvalues, the outermost first.</param>
/// <param name="Vectors">
/// The eigenvectors, of length 1, as columns: <c>(rows, count)</c>, or <c>(rows, D, count)</c> for a matrix with D numbers at each point;
/// float64.
/// </param>
/// <param name="Residuals">‖Av − θv‖ for each: an eigenvalue of the matrix lies within this distance.</param>
/// <param name="Converged">Whether all residuals are within the tolerance.</param>
public sealed record Eigenpairs(ImmutableArray<double> Values, NdArray Vectors, ImmutableArray<double> Residuals, bool Converged)
{
    internal static Eigenpairs Of(ImmutableArray<EigenPair<BlockVector>> pairs, BlockVectorSpace space)
    {
        var vectors = new double[(long)space.Size * pairs.Length];
        for (var k = 0; k < pairs.Length; k++)
        {
            var vector = pairs[k].Vector.Batch(0).Span;
            for (var row = 0; row < vector.Length; row++) vectors[(long)row * pairs.Length + k] = vector[row];
        }

        ReadOnlySpan<long> shape = space.Columns == 1 ? [space.Rows, pairs.Length] : [space.Rows, space.Columns, pairs.Length];
        return new Eigenpairs(
            [.. pairs.Select(p => p.Value)], NdArray.Of(vectors, shape), [.. pairs.Select(p => p.Residual)], pairs.All(p => p.IsConverged));
    }
}
