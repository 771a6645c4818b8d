using CsCheck;
using Distributed.Keops.Kernels.Plans;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Plans;

public sealed class PairCountsTests
{
    [Fact]
    public void Without_ranges_every_pair_counts()
    {
        var plan = new Plan(2, 100, 1000, 64, 100);
        var pairs = new PairCounts(plan);
        Assert.Equal(200_000, pairs.Total);
        Assert.Equal(64_000, pairs.Of(new PlanTask(1, 0, 1, plan.Root)));
        Assert.Equal(36 * 200, pairs.Of(new PlanTask(0, 1, 1, new MergeNode(1, 4))));
    }

    [Fact]
    public void As_many_blocks_fit_as_have_no_more_pairs_but_at_least_one() =>
        Gen.Select(Gen.Int[1, 20], Gen.Double[0, 3000], Gen.Int[0, int.MaxValue - 1]).Sample((blocks, wanted, seed) =>
        {
            var plan = new Plan(1, blocks * 64L, 10, 64, 100);
            var random = new Random(seed);
            var upTo = new double[blocks];
            for (var b = 0; b < blocks; b++) upTo[b] = (b == 0 ? 0 : upTo[b - 1]) + random.Next(500);
            var pairs = new PairCounts(plan, upTo);
            var first = random.Next(blocks);
            var fitting = pairs.Fitting(first, blocks - first, wanted);
            Assert.InRange(fitting, 1, blocks - first);
            var before = first == 0 ? 0 : upTo[first - 1];
            Assert.True(fitting == 1 || upTo[first + fitting - 1] - before <= wanted);
            if (first + fitting < blocks) Assert.True(upTo[first + fitting] - before > wanted);
        });

    [Fact]
    public void Of_many_blocks_runs_are_counted_together()
    {
        var plan = new Plan(1, 64L * 10_000, 10, 64, 100);
        Assert.Equal(3, PairCounts.RunBlocks(plan));
        Assert.Equal(3334, PairCounts.Runs(plan));
        var pairs = new PairCounts(plan, Enumerable.Range(1, 3334).Select(run => 30.0 * run).ToArray());
        Assert.Equal(10, pairs.Of(new PlanTask(0, 4, 1, plan.Root)), 1e-9);
        // The last run is a single block.
        Assert.Equal(30, pairs.Of(new PlanTask(0, 9999, 1, plan.Root)), 1e-9);
        Assert.Equal(30.0 * 3334, pairs.Of(new PlanTask(0, 0, 10_000, plan.Root)), 1e-6);
        Assert.Throws<ArgumentException>(() => new PairCounts(plan, new double[7]));
    }
}
