namespace Distributed.Keops.Kernels.Solvers;

/// <summary>Arithmetic of orthonormal vectors, one system each.</summary>
/// <param name="space">The vectors' space.</param>
/// <param name="seed">What random vectors follow from; each takes the next number.</param>
sealed class OrthogonalBasis<TVector>(IVectorSpace<TVector> space, ulong seed)
{
    static readonly double[] One = [1];
    static readonly double[] None = [0];

    ulong _seed = seed;

    /// <summary>A random vector of length 1 that is orthogonal to others.</summary>
    public async Task<TVector> StartAsync(List<TVector> others, CancellationToken cancellationToken)
    {
        var vector = space.Create();
        await space.RunAsync([new RandomStep<TVector>(vector, _seed++)], cancellationToken).ConfigureAwait(false);
        await NormalizeAsync(vector, cancellationToken).ConfigureAwait(false);
        await OrthogonalizeAsync(vector, others, cancellationToken).ConfigureAwait(false);
        await NormalizeAsync(vector, cancellationToken).ConfigureAwait(false);
        return vector;
    }

    /// <summary>Takes from a vector its parts along others, twice because the first time leaves rounding; gives those parts.</summary>
    public async Task<double[]> OrthogonalizeAsync(TVector vector, List<TVector> others, CancellationToken cancellationToken)
    {
        var parts = new double[others.Count];
        DotStep<TVector>[] along = [.. others.Select(o => new DotStep<TVector>(o, vector))];
        for (var pass = 0; pass < 2; pass++)
        {
            var dots = await space.RunAsync(along, cancellationToken).ConfigureAwait(false);
            CombineStep<TVector>[] less = [.. others.Select((o, k) => new CombineStep<TVector>(vector, [-dots[k][0]], o, One))];
            await space.RunAsync(less, cancellationToken).ConfigureAwait(false);
            for (var k = 0; k < parts.Length; k++) parts[k] += dots[k][0];
        }

        return parts;
    }

    /// <summary>The length of a vector.</summary>
    public async Task<double> NormAsync(TVector vector, CancellationToken cancellationToken)
    {
        var dots = await space.RunAsync([new DotStep<TVector>(vector, vector)], cancellationToken).ConfigureAwait(false);
        return Math.Sqrt(dots[0][0]);
    }

    /// <summary>Divides a vector by its length.</summary>
    public async Task NormalizeAsync(TVector vector, CancellationToken cancellationToken)
    {
        var norm = await NormAsync(vector, cancellationToken).ConfigureAwait(false);
        await space.RunAsync([new CombineStep<TVector>(vector, None, vector, [1 / norm])], cancellationToken).ConfigureAwait(false);
    }

    /// <summary>A weighted sum of vectors.</summary>
    public async Task<TVector> CombineAsync(List<TVector> basis, double[] weights, CancellationToken cancellationToken)
    {
        var sum = space.Create();
        CombineStep<TVector>[] steps = [.. basis.Select((v, k) => new CombineStep<TVector>(sum, [weights[k]], v, One))];
        await space.RunAsync(steps, cancellationToken).ConfigureAwait(false);
        return sum;
    }
}
