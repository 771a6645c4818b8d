using Distributed.Keops.Client;

namespace Distributed.Keops.Client.Tests;

/// <summary>Carries out calls on an engine in this process.</summary>
static class Engines
{
    public static async Task<ResultArray> ReduceAsync(ReductionCall call) => (await ReduceAllAsync(call))[0];

    public static async Task<IReadOnlyList<ResultArray>> ReduceAllAsync(ReductionCall call)
    {
        await using var engine = KeopsEngine.CreateLocal(2);
        return (await engine.ReduceAsync(call, null, TestContext.Current.CancellationToken)).Arrays;
    }

    /// <summary>A matrix of values that look random and are the same on every machine.</summary>
    public static double[,] Points(int rows, int dim, int seed)
    {
        var points = new double[rows, dim];
        for (var r = 0; r < rows; r++)
            for (var d = 0; d < dim; d++) points[r, d] = Math.Sin(12.9898 * (r * dim + d + 1) + 78.233 * seed) * 1.5;
        return points;
    }
}
