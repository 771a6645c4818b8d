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

    static readonly double[] One = [1];
    static readonly double[] None = [0];

    double _scale;
    ulong _seed = options.Seed;

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
        var most = (int)Math.Min(space.Size - known.Count, options.MaxSteps);
        List<TVector> outer = [.. known.Select(p => p.Vector)];
        var basis = new List<TVector>();
        var tridiagonal = new TridiagonalMatrix();
        var check = Math.Min(most, Math.Max(2 * count, 10));
        if (most == 0) return [];
        basis.Add(await StartAsync([.. outer], cancellationToken).ConfigureAwait(false));
        while (true)
        {
            var next = space.Create();
            await matrix.ApplyAsync(basis[^1], next, cancellationToken).ConfigureAwait(false);
            var along = await OrthogonalizeAsync(next, [.. outer, .. basis], cancellationToken).ConfigureAwait(false);
            var norm = await NormAsync(next, cancellationToken).ConfigureAwait(false);
            if (!double.IsFinite(norm)) throw new KeopsException("A product of the matrix is not finite: it has no eigenvalues to be found.");
            _scale = Math.Max(_scale, Math.Max(Math.Abs(along[^1]), norm));
            var isInvariant = norm <= Negligible * _scale;
            tridiagonal.Add(along[^1], isInvariant ? 0 : norm);
            if (basis.Count == check || basis.Count == most)
            {
                var (values, vectors) = tridiagonal.Decompose();
                // All of the complement is spanned: what is left over is rounding.
                var rest = basis.Count == space.Size - known.Count || isInvariant ? 0 : norm;
                int[] wanted = [.. Enumerable.Range(0, values.Length).OrderBy(k => Order(end, values[k])).Take(count)];
                var residuals = wanted.Select(k => rest * Math.Abs(vectors[basis.Count - 1, k])).ToArray();
                if (basis.Count == most || residuals.All(r => r <= options.Tolerance * _scale))
                {
                    var pairs = new List<EigenPair<TVector>>();
                    for (var k = 0; k < wanted.Length; k++)
                    {
                        var vector = await CombineAsync(basis, vectors.Column(wanted[k]).ToArray(), cancellationToken).ConfigureAwait(false);
                        pairs.Add(new(values[wanted[k]], vector, residuals[k], residuals[k] <= options.Tolerance * _scale));
                    }

                    return pairs;
                }

                check = Math.Min(most, check + Math.Max(5, check / 4));
            }

            if (isInvariant) next = await StartAsync([.. outer, .. basis], cancellationToken).ConfigureAwait(false);
            else await ScaleAsync(next, 1 / norm, cancellationToken).ConfigureAwait(false);
            basis.Add(next);
        }
    }

    /// <summary>A random vector of length 1 that is orthogonal to others.</summary>
    async Task<TVector> StartAsync(List<TVector> others, CancellationToken cancellationToken)
    {
        var vector = space.Create();
        await space.RunAsync([new RandomStep<TVector>(vector, _seed++)], cancellationToken).ConfigureAwait(false);
        await ScaleAsync(vector, 1 / await NormAsync(vector, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        await OrthogonalizeAsync(vector, others, cancellationToken).ConfigureAwait(false);
        await ScaleAsync(vector, 1 / await NormAsync(vector, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
        return vector;
    }

    /// <summary>Takes from a vector its parts along others, twice because the first time leaves rounding; gives those parts.</summary>
    async Task<double[]> OrthogonalizeAsync(TVector vector, List<TVector> others, CancellationToken cancellationToken)
    {
        var parts = new double[others.Count];
        for (var pass = 0; pass < 2; pass++)
        {
            var dots = await space.RunAsync([.. others.Select(o => new DotStep<TVector>(o, vector))], cancellationToken).ConfigureAwait(false);
            await space.RunAsync(
                [.. others.Select((o, k) => new CombineStep<TVector>(vector, [-dots[k][0]], o, One))], cancellationToken).ConfigureAwait(false);
            for (var k = 0; k < parts.Length; k++) parts[k] += dots[k][0];
        }

        return parts;
    }

    async Task<double> NormAsync(TVector vector, CancellationToken cancellationToken)
    {
        var dots = await space.RunAsync([new DotStep<TVector>(vector, vector)], cancellationToken).ConfigureAwait(false);
        return Math.Sqrt(dots[0][0]);
    }

    async Task ScaleAsync(TVector vector, double factor, CancellationToken cancellationToken) =>
        await space.RunAsync([new CombineStep<TVector>(vector, None, vector, [factor])], cancellationToken).ConfigureAwait(false);

    async Task<TVector> CombineAsync(List<TVector> basis, double[] weights, CancellationToken cancellationToken)
    {
        var sum = space.Create();
        await space.RunAsync(
            [.. basis.Select((v, k) => new CombineStep<TVector>(sum, [weights[k]], v, One))], cancellationToken).ConfigureAwait(false);
        return sum;
    }

    /// <summary>What the wanted eigenvalues have the least of.</summary>
    static double Order(SpectrumEnd end, double value) => end switch
    {
        SpectrumEnd.Largest => -value,
        SpectrumEnd.Smallest => value,
        _ => -Math.Abs(value),
    };
}
