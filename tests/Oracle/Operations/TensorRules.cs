using System.Collections.Immutable;

namespace Distributed.Keops.Oracle;

/// <summary>Products of matrices and tensors, all row-major.</summary>
static class TensorRules
{
    public static readonly Dictionary<string, PointRule> All = new()
    {
        ["MatVecMult"] = (_, a) => MatrixTimesVector(a[0], a[1]),
        ["VecMatMult"] = (_, a) => VectorTimesMatrix(a[0], a[1]),
        ["TensorProd"] = (_, a) => [.. a[0].SelectMany(x => a[1].Select(y => x * y))],
        ["TensorDot"] = (f, a) => TensorDot(a[0], a[1], Lists(f.Parameters)),
        ["Kron"] = (f, a) => Kron(a[0], a[1], Lists(f.Parameters)),
    };

    static double[] MatrixTimesVector(double[] matrix, double[] vector)
    {
        var p = vector.Length;
        return [.. Enumerable.Range(0, matrix.Length / p).Select(i => Enumerable.Range(0, p).Sum(k => matrix[i * p + k] * vector[k]))];
    }

    static double[] VectorTimesMatrix(double[] vector, double[] matrix)
    {
        var (p, n) = (vector.Length, matrix.Length / vector.Length);
        return [.. Enumerable.Range(0, n).Select(i => Enumerable.Range(0, p).Sum(k => vector[k] * matrix[k * n + i]))];
    }

    // Sums over every pair of positions whose contracted coordinates agree.
    static double[] TensorDot(double[] a, double[] b, int[][] lists)
    {
        var (dimsA, dimsB, contractedA, contractedB) = (lists[0], lists[1], lists[2], lists[3]);
        var keptA = Enumerable.Range(0, dimsA.Length).Except(contractedA).ToArray();
        var keptB = Enumerable.Range(0, dimsB.Length).Except(contractedB).ToArray();
        int[] keptDims = [.. keptA.Select(axis => dimsA[axis]), .. keptB.Select(axis => dimsB[axis])];
        // permute[k] is the output position of kept axis k: the inverse of numpy's transpose.
        var permute = lists.Length > 4 && lists[4].Length > 0 ? lists[4] : [.. Enumerable.Range(0, keptDims.Length)];
        var outDims = Place(keptDims, permute);
        var result = new double[outDims.Aggregate(1, (x, y) => x * y)];
        for (var i = 0; i < a.Length; i++)
        {
            var atA = Coordinates(i, dimsA);
            for (var j = 0; j < b.Length; j++)
            {
                var atB = Coordinates(j, dimsB);
                if (!contractedA.Select(axis => atA[axis]).SequenceEqual(contractedB.Select(axis => atB[axis]))) continue;
                int[] kept = [.. keptA.Select(axis => atA[axis]), .. keptB.Select(axis => atB[axis])];
                result[Offset(Place(kept, permute), outDims)] += a[i] * b[j];
            }
        }
        return result;
    }

    static double[] Kron(double[] a, double[] b, int[][] lists)
    {
        var (dimsA, dimsB) = (lists[0], lists[1]);
        var dims = dimsA.Zip(dimsB, (x, y) => x * y).ToArray();
        return [.. Enumerable.Range(0, a.Length * b.Length).Select(at =>
        {
            var c = Coordinates(at, dims);
            var inA = c.Zip(dimsB, (x, size) => x / size).ToArray();
            var inB = c.Zip(dimsB, (x, size) => x % size).ToArray();
            return a[Offset(inA, dimsA)] * b[Offset(inB, dimsB)];
        })];
    }

    static int[] Place(int[] values, int[] positions)
    {
        var placed = new int[values.Length];
        for (var k = 0; k < values.Length; k++) placed[positions[k]] = values[k];
        return placed;
    }

    static int[] Coordinates(int offset, int[] dims)
    {
        var coordinates = new int[dims.Length];
        for (var axis = dims.Length - 1; axis >= 0; axis--)
        {
            coordinates[axis] = offset % dims[axis];
            offset /= dims[axis];
        }
        return coordinates;
    }

    static int Offset(int[] coordinates, int[] dims) => coordinates.Zip(dims).Aggregate(0, (sum, at) => sum * at.Second + at.First);

    // Integer lists stand one after the other in the parameters, each preceded by its length.
    static int[][] Lists(ImmutableArray<int> parameters)
    {
        var lists = new List<int[]>();
        for (var at = 0; at < parameters.Length; at += 1 + parameters[at])
            lists.Add(parameters.AsSpan().Slice(at + 1, parameters[at]).ToArray());
        return [.. lists];
    }
}
