using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Tests.Reductions;
using Distributed.Keops.Oracle;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

/// <summary>What a task leaves behind when it ends, is cancelled or fails.</summary>
public class TaskRunnerTests
{
    static readonly PlanTask Everything = new(0, 0, 2, new MergeNode(5, 0));

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Nothing_stays_pinned_after_a_task(bool ranges)
    {
        var run = new Run(ranges);
        (await run.StartAsync(TestContext.Current.CancellationToken)).Dispose();
        Assert.All(run.Sources, s => Assert.Equal(0, s.Pins));
        Assert.Equal(run.Bound.Pairs?.Pairs ?? run.Bound.Plan.Pairs, run.Runner.PairsDone);
        run.Dispose();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_error_of_a_source_is_thrown_and_nothing_stays_pinned(bool ranges)
    {
        foreach (var failing in Enumerable.Range(1, ranges ? 4 : 20))
        {
            var error = new IOException("The file is gone.");
            var asked = 0;
            using var run = new Run(ranges, _ =>
            {
                if (Interlocked.Increment(ref asked) == failing) throw error;
            });
            Assert.Same(error, await Assert.ThrowsAsync<IOException>(() => run.StartAsync(TestContext.Current.CancellationToken)));
            Assert.All(run.Sources, s => Assert.Equal(0, s.Pins));
        }
    }

    [Fact]
    public async Task Cancelled_in_the_middle_it_ends_and_the_runner_can_go_on()
    {
        foreach (var last in new[] { 1, 5, 12 })
        {
            using var source = new CancellationTokenSource();
            var asked = 0;
            using var run = new Run(ranges: false, _ =>
            {
                if (Interlocked.Increment(ref asked) == last) source.Cancel();
            });
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.StartAsync(source.Token));
            Assert.All(run.Sources, s => Assert.Equal(0, s.Pins));
            using var states = await run.StartAsync(TestContext.Current.CancellationToken);
            EngineResult.Of(run.Bound, [states.Finalize()]).AssertSameBits(EngineProblem.Run(run.Bound));
        }
    }

    [Fact]
    public async Task Cancelled_before_it_starts_it_computes_nothing()
    {
        using var run = new Run(ranges: false);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run.StartAsync(new CancellationToken(canceled: true)));
        Assert.Equal(0, run.Runner.PairsDone);
    }

    [Fact]
    public async Task A_task_of_some_blocks_gives_their_rows()
    {
        using var run = new Run(ranges: false);
        using var states = await run.Runner.RunAsync(new PlanTask(0, 1, 1, new MergeNode(5, 0)), TestContext.Current.CancellationToken);
        Assert.Equal((64, 6), (states.FirstRow, states.Rows));
    }

    /// <summary>70 rows by 2000, in leaves of 100, of sources that are watched.</summary>
    sealed class Run : IDisposable
    {
        readonly ComputeThreads _threads = new(2);

        public Run(bool ranges, Action<int>? asked = null)
        {
            var problem = AllReductions.Create("SumSoftMaxWeight", ElementType.Float32, 70, 2000);
            if (ranges) problem = problem with { Ranges = new OracleRanges([0, 70], [2], [0, 1000, 500, 2000]) };
            Bound = problem.Bind(problem.SmallPlan(leafRows: 100), wrap: rows =>
            {
                var source = new PinnedRows(rows, asked);
                Sources.Add(source);
                return source;
            });
            Runner = new TaskRunner(Bound, _threads);
        }

        public List<PinnedRows> Sources { get; } = [];

        public BoundReduction Bound { get; }

        public TaskRunner Runner { get; }

        public Task<PartialStates> StartAsync(CancellationToken cancellationToken) => Runner.RunAsync(Everything, cancellationToken);

        public void Dispose()
        {
            Runner.Dispose();
            _threads.Dispose();
        }
    }
}
