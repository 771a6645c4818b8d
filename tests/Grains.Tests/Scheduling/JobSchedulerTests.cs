using Distributed.Keops.Grains.Scheduling;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains.Tests.Scheduling;

public sealed class JobSchedulerTests
{
    const int Blocks = 8;

    [Fact]
    public void All_that_a_silent_worker_has_in_hand_is_copied_and_once_each()
    {
        var plan = new Plan(1, 64L * Blocks, 100, 64, 100);
        var pairs = new PairCounts(plan);
        var ledger = new JobLedger(plan, pairs);
        var options = new SchedulerOptions();
        // Each block is a second of work.
        var scheduler = new JobScheduler(ledger, pairs, blockBytes: 1, options with { Task = TimeSpan.FromSeconds(1) });
        var (able, silent) = (Worker("able"), Worker("silent"));
        scheduler.Join(able);
        scheduler.Join(silent);
        var now = TimeSpan.Zero;
        for (var turn = 0; !ledger.IsComplete; turn++)
        {
            Assert.True(turn < 100, "The job never ends.");
            while (scheduler.TryNext(now, out _))
            {
                // Its worker has it.
            }

            now += TimeSpan.FromSeconds(10);
            foreach (var done in able.Running.ToList())
                scheduler.Complete(done, new SlotFill("cpu", 7, able.Holder), TimeSpan.FromSeconds(1), now);
        }

        Assert.NotEmpty(silent.Running);
        Assert.Equal(silent.Running.Count, scheduler.Duplicated);
    }

    [Fact]
    public void The_last_task_is_for_whoever_is_free_first()
    {
        var plan = new Plan(1, 64L * 3, 100, 64, 100);
        var pairs = new PairCounts(plan);
        var scheduler = new JobScheduler(new JobLedger(plan, pairs), pairs, blockBytes: 1, new SchedulerOptions());
        var (slow, fast) = (Worker("slow", pairsPerSecond: 640), Worker("fast"));
        scheduler.Join(slow);
        scheduler.Join(fast);
        while (scheduler.TryNext(TimeSpan.Zero, out _))
        {
            // Its worker has it.
        }

        Assert.Equal((1, 1), (slow.Running.Count, fast.Running.Count));
        var first = Assert.Single(fast.Running);
        var now = TimeSpan.FromSeconds(1);
        scheduler.Complete(first, new SlotFill("cpu", 7, fast.Holder), now, now);
        Assert.True(scheduler.TryNext(now, out var last));
        Assert.Equal((fast, false), (last.Worker, last.IsDuplicate));
    }

    [Fact]
    public void A_task_waits_behind_another_while_there_is_plenty()
    {
        var plan = new Plan(1, 64L * Blocks, 100, 64, 100);
        var pairs = new PairCounts(plan);
        var scheduler = new JobScheduler(new JobLedger(plan, pairs), pairs, blockBytes: 1, new SchedulerOptions());
        var (one, other) = (Worker("one"), Worker("other"));
        scheduler.Join(one);
        scheduler.Join(other);
        while (scheduler.TryNext(TimeSpan.Zero, out _))
        {
            // Its worker has it.
        }

        Assert.Equal((2, 2), (one.Running.Count, other.Running.Count));
    }

    static SchedulerWorker Worker(string name, double pairsPerSecond = 6400) => new(name, "cpu", lanes: 1, pairsPerSecond);
}
