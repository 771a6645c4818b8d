using MathNet.Numerics.LinearAlgebra;
using MathNet.Numerics.LinearAlgebra.Double;

namespace Distributed.Keops.Kernels.Solvers;

/// <summary>A growing symmetric tridiagonal matrix: what Lanczos' method makes of a large one.</summary>
sealed class TridiagonalMatrix
{
    readonly List<double> _diagonal = [];
    readonly List<double> _offDiagonal = [];

    /// <summary>The number of rows.</summary>
    public int Size => _diagonal.Count;

    /// <summary>Adds a row.</summary>
    /// <param name="diagonal">Its element on the diagonal.</param>
    /// <param name="next">The element beside it, which couples it with the row that comes next.</param>
    public void Add(double diagonal, double next)
    {
        _diagonal.Add(diagonal);
        _offDiagonal.Add(next);
    }

    /// <summary>The eigenvalues, ascending, and the eigenvectors as columns.</summary>
    public (double[] Values, Matrix<double> Vectors) Decompose()
    {
        var matrix = DenseMatrix.Create(Size, Size, 0);
        for (var k = 0; k < Size; k++)
        {
            matrix[k, k] = _diagonal[k];
            if (k + 1 < Size) matrix[k, k + 1] = matrix[k + 1, k] = _offDiagonal[k];
        }

        var decomposition = matrix.Evd(Symmetricity.Symmetric);
        return ([.. decomposition.EigenValues.Select(v => v.Real)], decomposition.EigenVectors);
    }
}
