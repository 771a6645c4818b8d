namespace Distributed.Keops.Data.Tests;

public sealed class RowGroupCacheTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    int _decodes;

    Task<DecodedRows> DecodeAsync(long bytes)
    {
        Interlocked.Increment(ref _decodes);
        return Task.FromResult(new DecodedRows(new NativeBuffer(bytes), null));
    }

    [Fact]
    public async Task The_least_recently_used_goes_first()
    {
        await using var cache = new RowGroupCache(new CacheBudget(2000));
        foreach (var group in (int[])[0, 1, 0, 2, 0, 2, 1])
            (await cache.GetAsync(group, _ => DecodeAsync(1000), Token)).Dispose();
        // 0, 1, 2 and 1 again, which 2 pushed out.
        Assert.Equal(4, _decodes);
    }

    [Fact]
    public async Task Readers_at_once_share_one_decode_and_one_may_give_up()
    {
        await using var cache = new RowGroupCache(new CacheBudget(2000));
        var gate = new TaskCompletionSource();
        using var stop = new CancellationTokenSource();
        async Task<DecodedRows> SlowAsync()
        {
            await gate.Task;
            return await DecodeAsync(1000);
        }
        var first = cache.GetAsync(0, _ => SlowAsync(), stop.Token).AsTask();
        var second = cache.GetAsync(0, _ => SlowAsync(), Token).AsTask();
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        gate.SetResult();
        (await second).Dispose();
        Assert.Equal(1, _decodes);
    }

    [Fact]
    public async Task A_failed_decode_is_tried_again()
    {
        await using var cache = new RowGroupCache(new CacheBudget(2000));
        await Assert.ThrowsAsync<DataException>(async () => await cache.GetAsync(0, _ => throw new DataException("broken"), Token));
        (await cache.GetAsync(0, _ => DecodeAsync(1000), Token)).Dispose();
        Assert.Equal(1, _decodes);
    }

    [Fact]
    public async Task What_is_leased_stays_whatever_the_budget()
    {
        await using var cache = new RowGroupCache(new CacheBudget(0));
        using (var lease = await cache.GetAsync(0, _ => DecodeAsync(1000), Token))
        {
            (await cache.GetAsync(1, _ => DecodeAsync(1000), Token)).Dispose();
            Assert.False(lease.Rows.Buffer.IsClosed);
            (await cache.GetAsync(0, _ => DecodeAsync(1000), Token)).Dispose();
            Assert.Equal(2, _decodes);
        }
        await cache.DisposeAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await cache.GetAsync(0, _ => DecodeAsync(1000), Token));
    }

    [Fact]
    public async Task Clouds_share_a_budget_as_long_as_they_are_open()
    {
        var budget = new CacheBudget(4000);
        await using var first = new RowGroupCache(budget);
        foreach (var group in Enumerable.Range(0, 4)) (await first.GetAsync(group, _ => DecodeAsync(1000), Token)).Dispose();
        Assert.Equal(4000, budget.Used);
        // Opening another one takes half away at once, whatever the first one does next.
        await using (var second = new RowGroupCache(budget))
        {
            Assert.Equal((2000, 2000), (budget.Share, budget.Used));
            foreach (var group in Enumerable.Range(0, 4)) (await second.GetAsync(group, _ => DecodeAsync(1000), Token)).Dispose();
            Assert.Equal((2000, 4000), (first.Bytes, budget.Used));
        }

        Assert.Equal((4000, 2000), (budget.Share, budget.Used));
    }
}
