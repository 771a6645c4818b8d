namespace Distributed.Keops.Kernels.Solvers;

/// <summary>
/// Where the vectors of a solver live and are added up: in this process (<see cref="BlockVectorSpace"/>), or by block on the machines of a
/// cluster. A vector holds one or several independent <em>systems</em>, such as the columns of a right-hand side; every coefficient and
/// every dot product has one value for each. The solver sees numbers of that kind only, never the components.
/// <para>The space owns its vectors; a solve makes a few and leaves them to it.</para>
/// </summary>
/// <typeparam name="TVector">A vector of this space.</typeparam>
public interface IVectorSpace<TVector>
{
    /// <summary>The number of independent systems in a vector.</summary>
    int Systems { get; }

    /// <summary>The number of components of each system.</summary>
    long Size { get; }

    /// <summary>A new vector of zeros.</summary>
    TVector Create();

    /// <summary>
    /// Carries out steps one after the other. They come in groups, so that a space spread over machines needs one exchange for each group.
    /// Dot products are added up in float64 and in an order that the space's layout alone decides.
    /// </summary>
    /// <param name="steps">The steps.</param>
    /// <param name="cancellationToken">Ends the work between steps.</param>
    /// <returns>For each <see cref="DotStep{TVector}"/>, in their order, one number for each system.</returns>
    ValueTask<double[][]> RunAsync(IReadOnlyList<VectorStep<TVector>> steps, CancellationToken cancellationToken);
}
