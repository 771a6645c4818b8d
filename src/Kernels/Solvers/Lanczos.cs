using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Solvers;

/// <summary>
/// A few extremal eigenpairs of a symmetric matrix by Lanczos' method (1950): an orthonormal basis v₁, A v₁, A² v₁ … in which the matrix is
/// tridiagonal. Every new vector is made orthogonal to all before it, twice, so no eigenvalue appears as a ghost of another.
/// <para>
/// One run sees a multiple eigenvalue once. The search therefore goes on in the complement of what was found, until the best that is there
/// belongs behind the last one found.
/// </para>
/// </summary>
/// <param name="space">The vectors' space, of one system.</param>
/// <param name="matrix">The matrix, symmetric.</param>
/// <param name="options">How to look.</param>
public sealed class Lanczos<TVector>(IVectorSpace<TVector> space, ILinearOperator<TVector> matrix, LanczosOptions options)
{
    // A direction shorter than this, relative to the matrix, is rounding: the basis spans all that the start vector leads to.
    const double Negligible = 1e-13;

    readonly OrthogonalBasis<TVector> _vectors = new(space, options.Seed);

    double _scale;

    /// <summary>Finds eigenpairs.</summary>
    /// <param name="count">How many; fewer come back where the matrix has fewer rows.</param>
    /// <param name="end">Which.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <returns>The eigenpairs, the outermost first; those not converged within the steps allowed say so.</returns>
    /// <exception cref="KeopsException">
    /// The space has several systems, the count or an option has no meaning, or a product is not finite.
    /// </exception>
    public async Task<ImmutableArray<EigenPair<TVector>>> FindAsync(int count, SpectrumEnd end, CancellationToken cancellationToken)
    {
        if (space.Systems != 1) throw new KeopsException($"Eigenvalues are those of one matrix; {space.Systems} systems were given.");
        if (count < 1) throw new KeopsException($"{count} eigenvalues were asked for: expected at least 1.");
        if (options.MaxSteps < count) throw new KeopsException($"{options.MaxSteps} steps can't give {count} eigenvalues: allow more.");
        if (!(options.Tolerance > 0)) throw new KeopsException($"The tolerance is {options.Tolerance}: expected more than 0.");
        var found = await RunAsync(count, end, [], cancellationToken).ConfigureAwait(false);
        while (found.Count == count && found.Count < space.Size && found.TrueForAll(p => p.IsConverged))
        {
            var next = (await RunAsync(1, end, found, cancellationToken).ConfigureAwait(false))[0];
            if (Order(end, next.Value) >= Order(end, found[^1].Value) - options.Tolerance * _scale) break;
            found = [.. found.Append(next).OrderBy(p => Order(end, p.Value)).Take(count)];
        }

        return [.. found];
    }

    /// <summary>One run in the orthogonal complement of eigenvectors known already.</summary>
    async Task<List<EigenPair<TVector>>> RunAsync(
        int count, SpectrumEnd end, List<EigenPair<TVector>> known, CancellationToken cancellationToken)
    {
        var complement = space.Size - known.Count;
        var most = (int)Math.Min(complement, options.MaxSteps);
        var check = Math.Min(most, Math.Max(2 * count, 10));
        List<TVector> outer = [.. known.Select(p => p.Vector)];
        var basis = new List<TVector>();
        var tridiagonal = new TridiagonalMatrix();
        if (most == 0) return [];
        basis.Add(await _vectors.StartAsync(outer, cancellationToken).ConfigureAwait(false));
        while (true)
        {
            var next = space.Create();
            await matrix.ApplyAsync(basis[^1], next, cancellationToken).ConfigureAwait(false);
            List<TVector> all = [.. outer, .. basis];
            var along = (await _vectors.OrthogonalizeAsync(next, all, cancellationToken).ConfigureAwait(false))[^1];
            var norm = await _vectors.NormAsync(next, cancellationToken).ConfigureAwait(false);
            if (!double.IsFinite(norm))
                throw new KeopsException("A product of the matrix is not finite: it has no eigenvalues to be found.");
            _scale = Math.Max(_scale, Math.Max(Math.Abs(along), norm));
            var isInvariant = norm <= Negligible * _scale;
            tridiagonal.Add(along, isInvariant ? 0 : norm);
            if (basis.Count == check)
            {
                // Where the basis spans all of the complement, what is left over is rounding.
                var rest = basis.Count == complement || isInvariant ? 0 : norm;
                var ritz = RitzValues(tridiagonal, count, end, rest);
                if (check == most || ritz.TrueForAll(r => IsSmall(r.Residual)))
                    return await PairsAsync(basis, ritz, cancellationToken).ConfigureAwait(false);
                check = Math.Min(most, check + Math.Max(5, check / 4));
            }

            if (isInvariant) next = await _vectors.StartAsync(all, cancellationToken).ConfigureAwait(false);
            else await _vectors.NormalizeAsync(next, cancellationToken).ConfigureAwait(false);
            basis.Add(next);
        }
    }

    // The rest is the length of what the basis leaves out of the last product.
    static List<RitzValue> RitzValues(TridiagonalMatrix tridiagonal, int count, SpectrumEnd end, double rest)
    {
        var (values, vectors) = tridiagonal.Decompose();
        return [.. Enumerable.Range(0, values.Length).OrderBy(k => Order(end, values[k])).Take(count)
            .Select(k => new RitzValue(values[k], vectors.Column(k).ToArray(), rest * Math.Abs(vectors[values.Length - 1, k])))];
    }

    async Task<List<EigenPair<TVector>>> PairsAsync(List<TVector> basis, List<RitzValue> ritz, CancellationToken cancellationToken)
    {
        var pairs = new List<EigenPair<TVector>>();
        foreach (var (value, weights, residual) in ritz)
        {
            var vector = await _vectors.CombineAsync(basis, weights, cancellationToken).ConfigureAwait(false);
            pairs.Add(new EigenPair<TVector>(value, vector, residual, IsSmall(residual)));
        }

        return pairs;
    }

    bool IsSmall(double residual) => residual <= options.Tolerance * _scale;

    /// <summary>What the wanted eigenvalues have the least of.</summary>
    static double Order(SpectrumEnd end, double value) => end switch
    {
        SpectrumEnd.Largest => -value,
        SpectrumEnd.Smallest => value,
        _ => -Math.Abs(value),
    };

    // An eigenvalue of the tridiagonal matrix, its vector's weights in the basis, and how far from it one of the large matrix may be.
    sealed record RitzValue(double Value, double[] Weights, double Residual);
}
