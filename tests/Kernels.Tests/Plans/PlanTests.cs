using CsCheck;
using Distributed.Keops.Kernels.Plans;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Plans;

/// <summary>However a plan is cut, every leaf of every block of every batch belongs to
/// exactly one task, and tasks are whole subtrees.</summary>
public class PlanTests
{
    static readonly Gen<Plan> AnyPlan = Gen.Select(Gen.Int[1, 3], Gen.Long[0, 700], Gen.Long[0, 3000], Gen.Int[1, 3], Gen.Int[1, 400])
        .Select(t => new Plan(t.Item1, t.Item2, t.Item3, t.Item4 * 64, t.Item5));

    [Fact]
    public void Cutting_covers_everything_once() =>
        Gen.Select(AnyPlan, Gen.Double[0, 7], Gen.Int[0, 50]).Sample((plan, logPairs, atLeast) =>
    {
        var tasks = plan.Cut(Math.Pow(10, logPairs), atLeast).ToArray();
        var seen = new HashSet<(int, long, long)>();
        foreach (var task in tasks)
        {
            Assert.InRange(task.Blocks, 1, plan.Blocks - task.FirstBlock);
            Assert.InRange(task.Node.Level, 0, plan.Root.Level);
            for (var block = task.FirstBlock; block < task.FirstBlock + task.Blocks; block++)
            {
                for (var leaf = task.Node.FirstLeaf; leaf < task.Node.FirstLeaf + task.Node.LeafCount(plan.Leaves); leaf++)
                    Assert.True(seen.Add((task.Batch, block, leaf)), $"{plan}: {task} again.");
            }
        }

        Assert.Equal(plan.Batches * plan.Blocks * plan.Leaves, seen.Count);
        // Without reduced rows there is a task for each block all the same: its states are the empty ones.
        if (plan.Leaves == 0) Assert.Equal(plan.Batches * plan.Blocks, tasks.Sum(t => t.Blocks));
    });

    [Fact]
    public void There_are_at_least_as_many_tasks_as_asked_for_or_as_there_are_leaves() =>
        Gen.Select(AnyPlan, Gen.Int[1, 50]).Where((plan, _) => plan.Rows > 0).Sample((plan, atLeast) =>
        {
            var tasks = plan.Cut(double.PositiveInfinity, atLeast).Count();
            Assert.True(tasks >= Math.Min(atLeast, plan.Batches * plan.Blocks * Math.Max(1, plan.Leaves)),
                $"{plan} gives {tasks} tasks for {atLeast}.");
        });

    [Fact]
    public void Tasks_are_of_about_the_size_asked_for() => Gen.Select(AnyPlan, Gen.Double[0, 7]).Sample((plan, logPairs) =>
    {
        var target = Math.Pow(10, logPairs);
        foreach (var task in plan.Cut(target, 1))
        {
            var pairs = (double)plan.RowsOf(task.FirstBlock, task.Blocks).Count
                * Math.Min(plan.Columns, task.Node.LeafCount(plan.Leaves) * plan.LeafRows);
            Assert.True(task.Blocks == 1 && task.Node.Level == 0 || pairs <= 2 * target, $"{plan}: {task} has {pairs} pairs for {target}.");
        }
    });

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
        foreach (var other in new[] { plan with { Batches = 2 }, plan with { Rows = 101 }, plan with { Columns = 201 },
            plan with { BlockRows = 128 }, plan with { LeafRows = 51 } })
            Assert.NotEqual(plan.Hash, other.Hash);
    }
}
