using Distributed.Keops.Kernels;

namespace Distributed.Keops.Oracle;

/// <summary>Linear algebra of small symmetric matrices that are stored whole, by the textbook methods that compute directly.</summary>
public static class DenseSymmetric
{
    /// <summary>Solves A X = B by Cholesky's decomposition.</summary>
    /// <param name="a">A, symmetric positive definite; only its lower triangle is read.</param>
    /// <param name="b">B, one right-hand side for each column.</param>
    /// <exception cref="KeopsException">A is not positive definite.</exception>
    public static double[,] Solve(double[,] a, double[,] b)
    {
        var n = a.GetLength(0);
        var l = new double[n, n];
        for (var i = 0; i < n; i++)
        {
            for (var j = 0; j <= i; j++)
            {
                var sum = a[i, j];
                for (var k = 0; k < j; k++) sum -= l[i, k] * l[j, k];
                if (i != j) l[i, j] = sum / l[j, j];
                else if (sum > 0) l[i, i] = Math.Sqrt(sum);
                else throw new KeopsException($"The matrix is not positive definite: pivot {i} is {sum}.");
            }
        }

        var x = (double[,])b.Clone();
        for (var c = 0; c < x.GetLength(1); c++)
        {
            for (var i = 0; i < n; i++)
            {
                for (var k = 0; k < i; k++) x[i, c] -= l[i, k] * x[k, c];
                x[i, c] /= l[i, i];
            }

            for (var i = n - 1; i >= 0; i--)
            {
                for (var k = i + 1; k < n; k++) x[i, c] -= l[k, i] * x[k, c];
                x[i, c] /= l[i, i];
            }
        }

        return x;
    }

    /// <summary>The eigenvalues, ascending, by Jacobi's rotations.</summary>
    /// <param name="matrix">A symmetric matrix.</param>
    public static double[] Eigenvalues(double[,] matrix)
    {
        var a = (double[,])matrix.Clone();
        var n = a.GetLength(0);
        for (var sweep = 0; sweep < 60 && OffDiagonal(a) > 1e-15 * Norm(a); sweep++)
            for (var p = 0; p < n; p++)
                for (var q = p + 1; q < n; q++) Rotate(a, p, q);
        return [.. Enumerable.Range(0, n).Select(k => a[k, k]).Order()];
    }

    // The rotation of rows and columns p and q that makes the element where they cross zero.
    static void Rotate(double[,] a, int p, int q)
    {
        if (a[p, q] == 0) return;
        var theta = (a[q, q] - a[p, p]) / (2 * a[p, q]);
        var t = (theta < 0 ? -1 : 1) / (Math.Abs(theta) + Math.Sqrt(theta * theta + 1));
        var c = 1 / Math.Sqrt(t * t + 1);
        var s = t * c;
        var n = a.GetLength(0);
        for (var k = 0; k < n; k++) (a[k, p], a[k, q]) = (c * a[k, p] - s * a[k, q], s * a[k, p] + c * a[k, q]);
        for (var k = 0; k < n; k++) (a[p, k], a[q, k]) = (c * a[p, k] - s * a[q, k], s * a[p, k] + c * a[q, k]);
    }

    static double Norm(double[,] a) => Math.Sqrt(a.Cast<double>().Sum(v => v * v));

    static double OffDiagonal(double[,] a)
    {
        var sum = 0.0;
        for (var i = 0; i < a.GetLength(0); i++)
            for (var j = 0; j < i; j++) sum += 2 * a[i, j] * a[i, j];
        return Math.Sqrt(sum);
    }
}
