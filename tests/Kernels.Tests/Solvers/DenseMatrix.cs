using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Kernels.Tests.Solvers;

/// <summary>A matrix for each batch, stored whole, as an operator on vectors of this process; what it gives can be spoilt.</summary>
/// <param name="space">The vectors' space.</param>
/// <param name="batches">The matrices; each multiplies every column of its batch.</param>
/// <param name="spoil">Changes a product: (number of the product, value) to value; may be null.</param>
sealed class DenseMatrix(BlockVectorSpace space, double[][,] batches, Func<int, double, double>? spoil = null)
    : ILinearOperator<BlockVector>
{
    public int Products { get; private set; }

    public Task ApplyAsync(BlockVector vector, BlockVector result, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        for (var batch = 0; batch < space.Batches; batch++)
        {
            var (matrix, v, r) = (batches[batch], vector.Batch(batch).ToArray(), result.Batch(batch));
            for (var i = 0; i < space.Rows; i++)
            {
                for (var c = 0; c < space.Columns; c++)
                {
                    var sum = 0.0;
                    for (var j = 0; j < space.Rows; j++) sum += matrix[i, j] * v[j * space.Columns + c];
                    r.Span[i * space.Columns + c] = spoil?.Invoke(Products, sum) ?? sum;
                }
            }
        }

        Products++;
        return Task.CompletedTask;
    }

    /// <summary>exp(−g|x − y|²) of random points in the plane, plus a ridge on the diagonal.</summary>
    public static double[,] Gaussian(int n, double g, double ridge, int seed)
    {
        var random = new Random(seed);
        var points = Enumerable.Range(0, n).Select(_ => (X: random.NextDouble(), Y: random.NextDouble())).ToArray();
        var matrix = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                var (dx, dy) = (points[i].X - points[j].X, points[i].Y - points[j].Y);
                matrix[i, j] = Math.Exp(-g * (dx * dx + dy * dy)) + (i == j ? ridge : 0);
            }
        return matrix;
    }

    public static double[,] Diagonal(params double[] values)
    {
        var matrix = new double[values.Length, values.Length];
        for (var k = 0; k < values.Length; k++) matrix[k, k] = values[k];
        return matrix;
    }
}
