namespace Distributed.Keops.Client.Tests;

/// <summary>The K-min reductions over more rows than row numbers of a block can count, beside sorting.</summary>
public sealed class ManyNeighboursTests
{
    const int Rows = 150_000;

    [Theory, InlineData(17, 1), InlineData(20, 1), InlineData(64, 2), InlineData(100, 3)]
    public async Task The_nearest_of_very_many_are_those_that_sorting_finds(int k, int dim)
    {
        var (x, y) = (Engines.Points(5, dim, k), Engines.Points(Rows, dim, k + 1));
        // Equal distances too, whose order is that of their rows.
        for (var j = 0; j < Rows; j += 3)
            for (var d = 0; d < dim; d++) y[j, d] = y[j % 999, d];
        var distance = LazyTensor.Vi(x).SqDist(LazyTensor.Vj(y));
        var both = await Engines.ReduceAllAsync(distance.KMinArgKMin(k, 1));
        for (var i = 0; i < 5; i++)
        {
            var values = Enumerable.Range(0, Rows).Select(j => Enumerable.Range(0, dim).Sum(d => Math.Pow(x[i, d] - y[j, d], 2))).ToArray();
            var nearest = Enumerable.Range(0, Rows).OrderBy(j => values[j]).Take(k).ToArray();
            for (var n = 0; n < k; n++)
            {
                Assert.Equal(values[nearest[n]], both[0].Doubles[i * k + n], 1e-14);
                Assert.Equal(nearest[n], both[1].Indices[i * k + n]);
            }
        }
    }
}
