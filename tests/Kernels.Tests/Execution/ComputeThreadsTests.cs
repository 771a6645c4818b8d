using Distributed.Keops.Kernels.Execution;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Execution;

public class ComputeThreadsTests
{
    static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 0)]
    [InlineData(1, 50)]
    [InlineData(3, 2)]
    [InlineData(4, 1000)]
    public async Task Every_unit_is_done_once_by_one_thread_at_a_time(int count, int units)
    {
        using var threads = new ComputeThreads(count);
        var done = new int[units];
        var busy = new int[count];
        for (var round = 0; round < 20; round++)
        {
            await threads.RunAsync(units, (unit, thread) =>
            {
                Assert.Equal(1, Interlocked.Increment(ref busy[thread]));
                Interlocked.Increment(ref done[unit]);
                Interlocked.Decrement(ref busy[thread]);
            }, Token).WaitAsync(Patience, Token);
        }

        Assert.All(done, n => Assert.Equal(20, n));
    }

    [Fact]
    public async Task The_first_error_ends_the_work_and_is_thrown()
    {
        using var threads = new ComputeThreads(2);
        var begun = 0;
        var error = new InvalidOperationException("Unit 3.");
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => threads.RunAsync(1_000_000, (unit, _) =>
        {
            Interlocked.Increment(ref begun);
            if (unit == 3) throw error;
            Thread.Sleep(1);
        }, Token).WaitAsync(Patience, Token));
        Assert.Same(error, thrown);
        Assert.InRange(begun, 4, 1000);
        await threads.RunAsync(10, (_, _) => { }, Token).WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Cancellation_ends_the_work_after_the_units_begun()
    {
        using var threads = new ComputeThreads(2);
        using var source = new CancellationTokenSource();
        var (begun, ended) = (0, 0);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => threads.RunAsync(1_000_000, (unit, _) =>
        {
            Interlocked.Increment(ref begun);
            if (unit == 5) source.Cancel();
            Thread.Sleep(1);
            Interlocked.Increment(ref ended);
        }, source.Token).WaitAsync(Patience, Token));
        Assert.Equal(begun, ended);
        Assert.InRange(begun, 6, 1000);
    }

    [Fact]
    public async Task A_cancelled_caller_does_not_wait_for_its_turn()
    {
        using var threads = new ComputeThreads(1);
        using var gate = new ManualResetEventSlim();
        using var source = new CancellationTokenSource();
        var first = threads.RunAsync(1, (_, _) => gate.Wait(Patience), Token);
        var second = threads.RunAsync(1, (_, _) => Assert.Fail("Not mine."), source.Token);
        await source.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WaitAsync(Patience, Token));
        gate.Set();
        await first.WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Callers_take_turns()
    {
        using var threads = new ComputeThreads(3);
        var (current, running) = (-1, 0);
        var gate = new Lock();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(caller => Task.Run(() => threads.RunAsync(40, (_, _) =>
        {
            // The first of the units that overlap says whose they are.
            lock (gate)
            {
                if (running++ == 0) current = caller;
                Assert.Equal(caller, current);
            }

            Thread.SpinWait(2000);
            lock (gate) running--;
        }, Token), Token))).WaitAsync(Patience, Token);
    }

    [Fact]
    public async Task Disposed_threads_refuse_work()
    {
        var threads = new ComputeThreads(2);
        await threads.RunAsync(5, (_, _) => { }, Token);
        threads.Dispose();
        threads.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => threads.RunAsync(1, (_, _) => { }, Token));
    }

    [Fact]
    public async Task Disposing_lets_running_work_end_and_refuses_what_waits()
    {
        for (var round = 0; round < 20; round++)
        {
            var threads = new ComputeThreads(2);
            using var begun = new ManualResetEventSlim();
            using var gate = new ManualResetEventSlim();
            var done = 0;
            var first = threads.RunAsync(8, (_, _) =>
            {
                begun.Set();
                gate.Wait(Patience);
                Interlocked.Increment(ref done);
            }, Token);
            var second = threads.RunAsync(8, (_, _) => { }, Token);
            Assert.True(begun.Wait(Patience, Token));
            var disposing = Task.Run(threads.Dispose, Token);
            await Task.Delay(round % 4, Token);
            gate.Set();
            await disposing.WaitAsync(Patience, Token);
            await first.WaitAsync(Patience, Token);
            Assert.Equal(8, done);
            try
            {
                // It may still have had its turn, but it must not wait for ever.
                await second.WaitAsync(Patience, Token);
            }
            catch (ObjectDisposedException)
            {
            }
        }
    }

    [Fact]
    public void There_is_at_least_one_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => new ComputeThreads(0));
}
