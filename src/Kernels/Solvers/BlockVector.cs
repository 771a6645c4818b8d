namespace Distributed.Keops.Kernels.Solvers;

/// <summary>
/// A vector in this process: for each batch <c>rows × columns</c> numbers in float64, row-major. Made by a <see cref="BlockVectorSpace"/>.
/// Not safe for several threads.
/// </summary>
public sealed class BlockVector
{
    readonly double[][] _batches;

    internal BlockVector(int batches, int values)
    {
        _batches = new double[batches][];
        for (var b = 0; b < batches; b++) _batches[b] = new double[values];
    }

    /// <summary>The numbers of a batch, row-major.</summary>
    public Memory<double> Batch(int batch) => _batches[batch];
}
