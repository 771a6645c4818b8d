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

    static SchedulerWorker Worker(string name) => new(name, "cpu", lanes: 1, pairsPerSecond: 6400);
}
