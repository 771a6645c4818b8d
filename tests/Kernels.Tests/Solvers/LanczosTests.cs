using System.Collections.Immutable;
using Distributed.Keops.Kernels.Solvers;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Solvers;

/// <summary>Lanczos' method against Jacobi's.</summary>
public sealed class LanczosTests
{
    [Theory]
    [InlineData(SpectrumEnd.Largest)]
    [InlineData(SpectrumEnd.Smallest)]
    [InlineData(SpectrumEnd.LargestMagnitude)]
    public async Task Extremal_eigenpairs_are_those_of_the_whole_matrix(SpectrumEnd end)
    {
        var matrix = DenseMatrix.Gaussian(90, 40, 0, 5);
        for (var k = 0; k < 90; k++) matrix[k, k] -= 1 + k % 7;
        var all = DenseSymmetric.Eigenvalues(matrix);
        var expected = end switch
        {
            SpectrumEnd.Largest => all.Reverse(),
            SpectrumEnd.Smallest => all,
            _ => all.OrderByDescending(Math.Abs),
        };
        var pairs = await Find(matrix, 4, end);
        Assert.All(pairs.Zip(expected), p => Assert.Equal(p.Second, p.First.Value, 1e-8));
        foreach (var pair in pairs)
        {
            Assert.True(pair.IsConverged);
            Assert.InRange(Residual(matrix, pair), 0, 1e-8);
            Assert.Equal(1, pair.Vector.Batch(0).ToArray().Sum(v => v * v), 1e-10);
        }
    }

    [Fact]
    public async Task A_multiple_eigenvalue_is_found_as_often_as_it_is_there()
    {
        var matrix = DenseMatrix.Diagonal([5, 4, 4, 4, 3, .. Enumerable.Range(0, 60).Select(k => k / 40.0)]);
        var pairs = await Find(matrix, 5, SpectrumEnd.Largest);
        Assert.Equal([5.0, 4, 4, 4, 3], pairs.Select(p => Math.Round(p.Value, 8)));
        for (var a = 0; a < 5; a++)
            for (var b = 0; b < a; b++)
                Assert.Equal(0, pairs[a].Vector.Batch(0).ToArray().Zip(pairs[b].Vector.Batch(0).ToArray(), (x, y) => x * y).Sum(), 1e-8);
    }

    [Fact]
    public async Task A_multiple_of_the_identity_is_no_obstacle()
    {
        var pairs = await Find(DenseMatrix.Diagonal([.. Enumerable.Repeat(2.5, 20)]), 3, SpectrumEnd.Largest);
        Assert.All(pairs, p => Assert.Equal(2.5, p.Value, 1e-12));
        Assert.Equal(3, pairs.Length);
    }

    [Fact]
    public async Task A_matrix_smaller_than_the_count_gives_all_it_has()
    {
        var pairs = await Find(DenseMatrix.Diagonal(1, 3, 2), 10, SpectrumEnd.Largest);
        Assert.Equal([3.0, 2, 1], pairs.Select(p => Math.Round(p.Value, 10)));
    }

    [Fact]
    public async Task Too_few_steps_are_told()
    {
        var matrix = DenseMatrix.Gaussian(100, 200, 0, 8);
        var pairs = await Find(matrix, 2, SpectrumEnd.Smallest, new LanczosOptions { MaxSteps = 4 });
        Assert.All(pairs, p => Assert.False(p.IsConverged));
        // The residual is honest all the same.
        Assert.All(pairs, p => Assert.Equal(p.Residual, Residual(matrix, p), 1e-8));
    }

    [Fact]
    public async Task The_seed_decides_the_bits()
    {
        var matrix = DenseMatrix.Gaussian(50, 30, 0, 3);
        var (a, b) = (await Find(matrix, 2, SpectrumEnd.Largest), await Find(matrix, 2, SpectrumEnd.Largest));
        Assert.Equal(a[1].Vector.Batch(0).ToArray(), b[1].Vector.Batch(0).ToArray());
        var other = await Find(matrix, 2, SpectrumEnd.Largest, new LanczosOptions { Seed = 1 });
        Assert.NotEqual(a[1].Vector.Batch(0).ToArray(), other[1].Vector.Batch(0).ToArray());
    }

    [Fact]
    public async Task What_has_no_meaning_is_refused()
    {
        var matrix = DenseMatrix.Diagonal(1, 2, 3);
        await Assert.ThrowsAsync<KeopsException>(() => Find(matrix, 0, SpectrumEnd.Largest));
        await Assert.ThrowsAsync<KeopsException>(() => Find(matrix, 3, SpectrumEnd.Largest, new() { MaxSteps = 2 }));
        await Assert.ThrowsAsync<KeopsException>(() => Find(matrix, 1, SpectrumEnd.Largest, new() { Tolerance = double.NaN }));
        await Assert.ThrowsAsync<KeopsException>(() => Find(DenseMatrix.Diagonal(1, double.NaN), 1, SpectrumEnd.Largest));
        var two = new BlockVectorSpace(2, 3, 1, separateColumns: false);
        var lanczos = new Lanczos<BlockVector>(two, new DenseMatrix(two, [matrix, matrix]), new());
        await Assert.ThrowsAsync<KeopsException>(() => lanczos.FindAsync(1, SpectrumEnd.Largest, TestContext.Current.CancellationToken));
    }

    static Task<ImmutableArray<EigenPair<BlockVector>>> Find(double[,] matrix, int count, SpectrumEnd end, LanczosOptions? options = null)
    {
        var space = new BlockVectorSpace(1, matrix.GetLength(0), 1, separateColumns: false);
        return new Lanczos<BlockVector>(space, new DenseMatrix(space, [matrix]), options ?? new()).FindAsync(
            count, end, TestContext.Current.CancellationToken);
    }

    static double Residual(double[,] matrix, EigenPair<BlockVector> pair)
    {
        var v = pair.Vector.Batch(0).Span;
        var sum = 0.0;
        for (var i = 0; i < v.Length; i++)
        {
            var r = -pair.Value * v[i];
            for (var j = 0; j < v.Length; j++) r += matrix[i, j] * v[j];
            sum += r * r;
        }

        return Math.Sqrt(sum);
    }
}
