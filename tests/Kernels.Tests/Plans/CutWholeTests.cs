using Distributed.Keops.Kernels.Plans;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Plans;

public sealed class CutWholeTests
{
    [Theory]
    [InlineData(1, 1100, 200_000, 511)]
    [InlineData(3, 20_000, 70_000, 9000)]
    [InlineData(1, 0, 10, 100)]
    [InlineData(2, 5, 0, 1)]
    public void Every_task_has_all_leaves_and_the_tasks_are_all_rows(int batches, long rows, long columns, long rowsAtOnce)
    {
        var plan = Plan.Create(batches, rows, columns, stateWords: 1);
        var tasks = plan.CutWhole(rowsAtOnce).ToList();
        Assert.All(tasks, task => Assert.Equal(plan.Root, task.Node));
        Assert.Equal(rows * batches, tasks.Sum(task => plan.RowsOf(task.FirstBlock, task.Blocks).Count));
        Assert.Equal(tasks.Count, tasks.Select(task => (task.Batch, task.FirstBlock)).Distinct().Count());
    }
}
