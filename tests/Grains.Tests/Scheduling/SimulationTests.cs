using CsCheck;
using Distributed.Keops.Grains.Scheduling;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains.Tests.Scheduling;

/// <summary>The scheduler in a simulated cluster: every job ends, in about the time it should take, whatever happens on the way.</summary>
public sealed class SimulationTests(ITestOutputHelper output)
{
    static readonly SchedulerOptions Options = new();

    [Fact]
    public void Any_cluster_ends_any_job() => Gen.Select(
        Gen.Int[1, 40], Gen.Int[0, 200], Gen.Int[0, 40],
        Gen.Double[0, 0.1], Gen.Double[0, 0.2], Gen.Double[0, 0.5], Gen.Int[0, int.MaxValue - 1])
        .Sample((workers, blocks, leaves, failures, stragglers, deaths, seed) =>
        {
            var plan = new Plan(1, blocks * 4096L, leaves * 65536L, 4096, 65536);
            var conditions = new SimulatedConditions(workers, failures, stragglers, deaths, Slowest: 0.1);
            var cluster = new SimulatedCluster(plan, conditions, Options, seed);
            cluster.Run();
            Assert.Equal(plan.Pairs, cluster.Ledger.PairsDone, 1e-6 * plan.Pairs);
            Assert.Equal(plan.Blocks, cluster.Ledger.Results.Sum(r => r.Slot.Blocks));
        }, iter: 300, threads: 1);

    [Fact]
    public void Workers_of_unequal_speed_end_together()
    {
        var plan = new Plan(1, 4096L * 400, 65536L * 40, 4096, 65536);
        var cluster = new SimulatedCluster(plan, new SimulatedConditions(16, Slowest: 0.05), Options, 1);
        cluster.Run();
        output.WriteLine($"{cluster.Elapsed.TotalSeconds:F1} s, ideal {cluster.Ideal.TotalSeconds:F1} s, {cluster.Calls} calls");
        Assert.InRange(cluster.Elapsed / cluster.Ideal, 1, 1.1);
    }

    [Fact]
    public void Stragglers_do_not_hold_up_the_end()
    {
        var plan = new Plan(1, 4096L * 400, 65536L * 40, 4096, 65536);
        var cluster = new SimulatedCluster(plan, new SimulatedConditions(16, Stragglers: 0.05), Options, 1);
        cluster.Run();
        output.WriteLine(
            $"{cluster.Elapsed.TotalSeconds:F1} s, ideal {cluster.Ideal.TotalSeconds:F1} s, {cluster.Scheduler.Duplicated} copies");
        // A straggler takes ten times as long: 5 % of them are 45 % more work.
        Assert.InRange(cluster.Elapsed / cluster.Ideal, 1, 1.65);
        Assert.True(cluster.Scheduler.Duplicated > 0);
    }

    [Fact]
    public void Few_rows_keep_all_workers_busy_with_their_leaves()
    {
        var plan = new Plan(1, 1000, 65536L * 4096, 4096, 65536);
        var cluster = new SimulatedCluster(plan, new SimulatedConditions(16), Options, 1);
        cluster.Run();
        output.WriteLine($"{cluster.Elapsed.TotalSeconds:F1} s, ideal {cluster.Ideal.TotalSeconds:F1} s, {cluster.Calls} calls");
        Assert.InRange(cluster.Elapsed / cluster.Ideal, 1, 1.15);
    }

    /// <summary>
    /// A billion times a billion pairs; 1 000 workers of which 5 % die, a million tasks of which 1 % fail and 5 % take ten times as long.
    /// </summary>
    [Fact]
    public void A_thousand_workers_end_a_million_tasks()
    {
        const long Points = 1_000_000_000;
        var plan = new Plan(1, Points, Points, 4096, 65536);
        var conditions = new SimulatedConditions(1000, Failures: 0.01, Stragglers: 0.05, Deaths: 0.05, Slowest: 0.5);
        // A task takes so long that there are about a million.
        var options = Options with { Task = TimeSpan.FromSeconds(Points / 1e9 * Points / 1e6 / 0.75), ShortTask = TimeSpan.FromSeconds(1) };
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var cluster = new SimulatedCluster(plan, conditions, options, 1);
        cluster.Run();
        output.WriteLine(
            $"{cluster.Calls} calls, {cluster.Tasks} of them tasks, {cluster.Scheduler.Done} receipts, {cluster.Failed} failures, "
            + $"{cluster.Scheduler.Retried} retried, "
            + $"{cluster.Scheduler.Duplicated} copies; {cluster.Elapsed.TotalHours:F1} h of {cluster.Ideal.TotalHours:F1} h; "
            + $"{clock.Elapsed.TotalSeconds:F1} s, {cluster.Calls / clock.Elapsed.TotalSeconds:F0} calls a second, "
            + $"{GC.GetTotalMemory(true) >> 20} MB");
        Assert.Equal(plan.Pairs, cluster.Ledger.PairsDone, 1e-6 * plan.Pairs);
        Assert.Equal(plan.Blocks, cluster.Ledger.Results.Sum(r => r.Slot.Blocks));
        Assert.InRange(cluster.Scheduler.Done, 500_000, 3_000_000);
        Assert.InRange(cluster.Failed / (double)cluster.Tasks, 0.008, 0.012);
    }
}
