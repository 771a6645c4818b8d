using Distributed.Keops.Client;
using Distributed.Keops.Oracle;

namespace Distributed.Keops.Client.Tests.Solvers;

/// <summary>Kernel systems that are small enough to be stored and solved directly.</summary>
static class Problem
{
    public static readonly string[] Aliases = ["x=Vi(2)", "y=Vj(2)", "b=Vj(1)", "g=Pm(1)"];

    public static double[,] Points(int n, int dim, int seed)
    {
        var random = new Random(seed);
        var points = new double[n, dim];
        for (var i = 0; i < n; i++)
            for (var d = 0; d < dim; d++) points[i, d] = random.NextDouble();
        return points;
    }

    /// <summary>Numbers in (−1, 1).</summary>
    public static double[,] Values(int n, int columns, int seed)
    {
        var values = Points(n, columns, seed);
        for (var i = 0; i < n; i++)
            for (var c = 0; c < columns; c++) values[i, c] = 2 * values[i, c] - 1;
        return values;
    }

    /// <summary>exp(−g|x_i − x_j|²), plus α on the diagonal.</summary>
    public static double[,] Gaussian(double[,] x, double g, double alpha, Func<int, int, bool>? keep = null)
    {
        var n = x.GetLength(0);
        var k = new double[n, n];
        for (var i = 0; i < n; i++)
            for (var j = 0; j < n; j++)
            {
                var squares = 0.0;
                for (var d = 0; d < x.GetLength(1); d++) squares += (x[i, d] - x[j, d]) * (x[i, d] - x[j, d]);
                k[i, j] = (keep is null || keep(i, j) ? Math.Exp(-g * squares) : 0) + (i == j ? alpha : 0);
            }
        return k;
    }

    public static float[,] Single(double[,] values)
    {
        var singles = new float[values.GetLength(0), values.GetLength(1)];
        for (var i = 0; i < values.GetLength(0); i++)
            for (var c = 0; c < values.GetLength(1); c++) singles[i, c] = (float)values[i, c];
        return singles;
    }

    public static double[,] Double(float[,] values)
    {
        var doubles = new double[values.GetLength(0), values.GetLength(1)];
        for (var i = 0; i < values.GetLength(0); i++)
            for (var c = 0; c < values.GetLength(1); c++) doubles[i, c] = values[i, c];
        return doubles;
    }

    public static double[] Solve(double[,] matrix, double[,] b) => [.. DenseSymmetric.Solve(matrix, b).Cast<double>()];

    public static double[] Numbers(NdArray array) => array.Type == Kernels.ElementType.Float64
        ? array.Doubles.ToArray()
        : [.. array.Singles.ToArray().Select(v => (double)v)];

    /// <summary>‖actual − expected‖ / ‖expected‖.</summary>
    public static double Error(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        return Math.Sqrt(expected.Zip(actual, (e, a) => (e - a) * (e - a)).Sum() / expected.Sum(e => e * e));
    }
}
