using Distributed.Keops.Kernels.Plans;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Plans;

/// <summary>What a plan's sizes follow from, and what names it.</summary>
public class PlanTests
{
    [Fact]
    public void Blocks_are_smaller_where_states_are_large()
    {
        Assert.Equal(4096, Plan.Create(1, 100_000, 100, 1).BlockRows);
        var large = Plan.Create(1, 100_000, 100, 3000).BlockRows;
        Assert.True(large is >= 64 and < 4096 && large % 64 == 0, $"{large} rows.");
        Assert.Equal(64, Plan.Create(1, 100_000, 100, 1 << 20).BlockRows);
    }

    [Fact]
    public void Equal_plans_have_equal_names()
    {
        var plan = new Plan(1, 100, 200, 64, 50);
        Assert.Equal(plan.Hash, new Plan(1, 100, 200, 64, 50).Hash);
        Plan[] others =
        [
            plan with { Batches = 2 }, plan with { Rows = 101 }, plan with { Columns = 201 }, plan with { BlockRows = 128 },
            plan with { LeafRows = 51 },
        ];
        Assert.All(others, other => Assert.NotEqual(plan.Hash, other.Hash));
    }
}
