namespace Distributed.Keops.Kernels.Solvers;

/// <summary>One step of vector arithmetic.</summary>
/// <typeparam name="TVector">The vectors it works on.</typeparam>
public abstract record VectorStep<TVector>;

/// <summary>
/// <c>target ← a·source + b·target</c>, with coefficients for each system. A coefficient of 0 leaves its term out, whatever stands there:
/// systems that are finished, or that hold no finite numbers, are passed over this way.
/// </summary>
/// <param name="Target">The vector that changes.</param>
/// <param name="A">The coefficient of <paramref name="Source"/>, one for each system.</param>
/// <param name="Source">The other vector.</param>
/// <param name="B">The coefficient of <paramref name="Target"/>, one for each system.</param>
public sealed record CombineStep<TVector>(TVector Target, double[] A, TVector Source, double[] B) : VectorStep<TVector>;

/// <summary>The dot product of two vectors, system by system.</summary>
/// <param name="Left">One vector.</param>
/// <param name="Right">The other; may be the same.</param>
public sealed record DotStep<TVector>(TVector Left, TVector Right) : VectorStep<TVector>;

/// <summary>Fills a vector with numbers in (−1, 1) that follow from the seed and the place of each component alone.</summary>
/// <param name="Target">The vector that changes.</param>
/// <param name="Seed">The seed.</param>
public sealed record RandomStep<TVector>(TVector Target, ulong Seed) : VectorStep<TVector>;
