namespace Distributed.Keops.Client.Tests.Solvers;

/// <summary>Systems of any matrix, symmetric or not, solved by elimination; the engine gives the matrix column by column.</summary>
static class DenseSolution
{
    public static async Task<double[]> OfAsync(KeopsEngine engine, SolveCall call, CancellationToken cancellationToken)
    {
        var b = ((TensorData)call.Product.Variables.First(v => v.Variable == call.Unknown).Data).Array;
        var first = (await engine.ReduceAsync(call.Product, null, cancellationToken))[0];
        var (rows, dim) = ((int)first.Shape[^2], (int)first.Shape[^1]);
        var n = rows * dim;
        var batches = first.Doubles.Length / n;
        var matrices = Enumerable.Range(0, batches).Select(_ => new double[n, n + 1]).ToArray();
        for (var column = 0; column < n; column++)
        {
            var unit = new double[n];
            unit[column] = 1;
            long[] shape = [.. Enumerable.Repeat(1L, first.Shape.Count - 2), rows, dim];
            var image = (await engine.ReduceAsync(call.WithRightHandSide(NdArray.Of(unit, shape)).Product, null, cancellationToken))[0];
            for (var k = 0; k < image.Doubles.Length; k++)
                matrices[k / n][k % n, column] = image.Doubles[k] + (k % n == column ? call.Alpha : 0);
        }

        return [.. matrices.SelectMany((matrix, batch) =>
        {
            for (var row = 0; row < n; row++) matrix[row, n] = b.Doubles[(b.Doubles.Length == n ? 0 : batch * n) + row];
            return Eliminate(matrix, n);
        })];
    }

    static double[] Eliminate(double[,] m, int n)
    {
        for (var p = 0; p < n; p++)
        {
            for (var row = 0; row < n; row++)
            {
                if (row == p) continue;
                var factor = m[row, p] / m[p, p];
                for (var c = p; c <= n; c++) m[row, c] -= factor * m[p, c];
            }
        }

        return [.. Enumerable.Range(0, n).Select(row => m[row, n] / m[row, row])];
    }
}
