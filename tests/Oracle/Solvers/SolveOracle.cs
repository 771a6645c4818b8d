using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>
/// Linear systems whose matrix is a Sum: the matrix is found column by column, as what the reduction makes of the unit vectors, and the
/// system solved by Cholesky's decomposition.
/// </summary>
public static class SolveOracle
{
    const int MostUnknowns = 2000;

    /// <summary>Solves (αI + K) a = b.</summary>
    /// <param name="product">K; the array of the unknown is b.</param>
    /// <param name="unknown">The variable that is solved for.</param>
    /// <param name="alpha">α.</param>
    /// <returns>The shape of b, and a.</returns>
    /// <exception cref="KeopsException">
    /// The system is too large for naive means, has batches, is not square, or its matrix is not symmetric and positive definite.
    /// </exception>
    public static (int[] Shape, double[] Solution) Solve(ReductionProblem product, Variable unknown, double alpha)
    {
        var b = product.Arrays[unknown.Index];
        if (b.Shape.Length != 2)
            throw new KeopsException($"The oracle solves one system at a time, not one of shape ({string.Join(", ", b.Shape)}).");
        var n = b.Data.Length;
        if (n > MostUnknowns) throw new KeopsException($"{n} unknowns are too many for the oracle, at most {MostUnknowns}.");
        var matrix = new double[n, n];
        for (var column = 0; column < n; column++)
        {
            var unit = new double[n];
            unit[column] = 1;
            OracleArray[] arrays = [.. product.Arrays];
            arrays[unknown.Index] = new OracleArray(b.Shape, unit);
            var values = ReductionOracle.Reduce(product with { Arrays = arrays }).Values!;
            if (values.Length != n)
                throw new KeopsException($"The matrix has {values.Length} rows and {n} columns: expected a square one.");
            for (var row = 0; row < n; row++) matrix[row, column] = values[row] + (row == column ? alpha : 0);
        }

        CheckSymmetry(matrix);
        var right = new double[n, 1];
        for (var row = 0; row < n; row++) right[row, 0] = b.Data[row];
        return (b.Shape, [.. DenseSymmetric.Solve(matrix, right).Cast<double>()]);
    }

    static void CheckSymmetry(double[,] matrix)
    {
        for (var i = 0; i < matrix.GetLength(0); i++)
            for (var j = 0; j < i; j++)
                if (Math.Abs(matrix[i, j] - matrix[j, i]) > 1e-9 * Math.Sqrt(Math.Abs(matrix[i, i] * matrix[j, j])))
                    throw new KeopsException($"The matrix is not symmetric: {matrix[i, j]} at [{i}, {j}], {matrix[j, i]} at [{j}, {i}].");
    }
}
