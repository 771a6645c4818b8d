using Distributed.Keops.Kernels.Solvers;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Solvers;

/// <summary>Vectors in this process: which numbers belong to which system, and in which order they are added up.</summary>
public sealed class BlockVectorSpaceTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Dot_products_belong_to_their_systems(bool separate)
    {
        var space = new BlockVectorSpace(2, 5, 3, separate);
        var (a, b) = (ConjugateGradientsTests.Random(space, 1), ConjugateGradientsTests.Random(space, 2));
        var dots = (await space.RunAsync([new DotStep<BlockVector>(a, b)], Token))[0];
        Assert.Equal(separate ? 6 : 2, dots.Length);
        Assert.Equal((separate ? 6 : 2, separate ? 5 : 15), (space.Systems, space.Size));
        for (var batch = 0; batch < 2; batch++)
        {
            var products = a.Batch(batch).ToArray().Zip(b.Batch(batch).ToArray(), (x, y) => x * y).ToArray();
            if (!separate) Assert.Equal(products.Sum(), dots[batch], 1e-13);
            for (var c = 0; separate && c < 3; c++)
                Assert.Equal(products.Where((_, k) => k % 3 == c).Sum(), dots[space.SystemOf(batch, c)], 1e-13);
        }
    }

    [Fact]
    public async Task Sums_are_formed_block_by_block()
    {
        var space = new BlockVectorSpace(1, 2 * BlockVectorSpace.BlockRows + 100, 1, separateColumns: true);
        var (v, ones) = (ConjugateGradientsTests.Random(space, 3), space.Create());
        ones.Batch(0).Span.Fill(1);
        var blocks = v.Batch(0).ToArray().Chunk(BlockVectorSpace.BlockRows).Select(block => block.Aggregate(0.0, (sum, x) => sum + x));
        var expected = blocks.Aggregate(0.0, (sum, x) => sum + x);
        Assert.Equal(expected, (await space.RunAsync([new DotStep<BlockVector>(v, ones)], Token))[0][0]);
        // The numbers are such that plain order would tell the difference.
        Assert.NotEqual(v.Batch(0).ToArray().Aggregate(0.0, (sum, x) => sum + x), expected);
    }

    [Fact]
    public async Task A_coefficient_of_zero_leaves_its_term_out_whatever_it_is()
    {
        var space = new BlockVectorSpace(1, 2, 3, separateColumns: true);
        var (target, source) = (space.Create(), space.Create());
        new[] { 1, double.NaN, 3, 4, double.NaN, 6 }.CopyTo(target.Batch(0));
        new[] { double.NaN, 20, 30, double.NaN, 50, 60 }.CopyTo(source.Batch(0));
        await space.RunAsync([new CombineStep<BlockVector>(target, [0, 1, 2], source, [-1, 0, 1])], Token);
        Assert.Equal([-1.0, 20, 63, -4, 50, 126], target.Batch(0).ToArray());
    }

    [Fact]
    public async Task Random_numbers_follow_from_seed_and_place()
    {
        var (whole, half) = (new BlockVectorSpace(1, 1000, 1, false), new BlockVectorSpace(1, 500, 1, false));
        var (a, b, other) = (whole.Create(), half.Create(), whole.Create());
        await whole.RunAsync([new RandomStep<BlockVector>(a, 7), new RandomStep<BlockVector>(other, 8)], Token);
        await half.RunAsync([new RandomStep<BlockVector>(b, 7)], Token);
        Assert.Equal(a.Batch(0).ToArray()[..500], b.Batch(0).ToArray());
        Assert.NotEqual(a.Batch(0).ToArray(), other.Batch(0).ToArray());
        Assert.All(a.Batch(0).ToArray(), v => Assert.InRange(v, -1, 1));
        Assert.InRange(a.Batch(0).ToArray().Average(), -0.1, 0.1);
        Assert.InRange(a.Batch(0).ToArray().Average(v => v * v), 0.3, 0.37);
    }

    [Fact]
    public void A_vector_larger_than_an_array_is_refused() =>
        Assert.Throws<KeopsException>(() => new BlockVectorSpace(1, 1L << 31, 2, separateColumns: true));
}
