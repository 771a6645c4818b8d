using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Keops.Grains.Tests.Lake;

/// <summary>What clients have sent stays as long as somebody uses it, and a lifetime longer.</summary>
public sealed class UploadStoreTests : IDisposable
{
    static readonly TimeSpan Lifetime = TimeSpan.FromHours(4);

    readonly TempFolder _lake = new();
    readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    readonly UploadStore _store;

    public UploadStoreTests() => _store = Store();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    string Uploads => _lake["_uploads"];

    public void Dispose() => _lake.Dispose();

    [Fact]
    public async Task What_nobody_uses_for_a_lifetime_is_removed()
    {
        var (used, unused) = (await SendAsync([1, 2, 3, 4]), await SendAsync([5, 6, 7, 8]));
        // The pieces of one who never came to an end.
        await _store.WriteAsync("abc", "123", 0, new byte[4]);
        _time.Advance(Lifetime - TimeSpan.FromMinutes(1));
        Assert.Equal(0, _store.Sweep());
        Assert.True(_store.Contains(used));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(2, _store.Sweep());
        Assert.Equal([used], Directory.EnumerateFiles(Uploads).Select(Path.GetFileName));
        Assert.False(_store.Contains(unused));
        var error = Assert.Throws<KeopsException>(() => _store.Open(new UploadedRows(unused, 1, 1, "float32")));
        Assert.Contains("expired: send it again", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_a_job_uses_anywhere_stays()
    {
        var name = await SendAsync([1, 2, 3, 4]);
        var other = Store();
        var (first, second) = (_store.Hold(name), _store.Hold(name));
        first.Dispose();
        first.Dispose();
        for (var sweep = 0; sweep < 3 * UploadSweeper.SweepsPerLifetime; sweep++)
        {
            _time.Advance(Lifetime / UploadSweeper.SweepsPerLifetime);
            Assert.Equal(0, other.Sweep() + _store.Sweep());
        }

        second.Dispose();
        _time.Advance(Lifetime + TimeSpan.FromMinutes(1));
        Assert.Equal(1, _store.Sweep() + other.Sweep());
        Assert.Throws<KeopsException>(() => _store.Hold(name));
    }

    [Fact]
    public async Task A_job_holds_what_its_request_names_while_it_is_open()
    {
        var rows = new UploadedRows(await SendAsync([1, 2, 3, 4]), 1, 1, "float32");
        var numbers = MemoryMarshal.AsBytes<long>([0, 1, 1, 0, 1]).ToArray();
        var request = new ReductionRequest
        {
            Reduction = "Sum_Reduction(Var(0,1,1),0)",
            Type = "float32",
            Variables = [new RequestVariable(0, 1, 1, new UploadSource([rows]))],
            Ranges = new RequestRanges([2, 1, 2], null, await SendAsync(numbers)),
        };
        var lake = new LakeFolders([_lake.Path], anywhere: false);
        await using (await JobData.OpenAsync(new JobOpening("job", request, [], "identity"), lake, _store, new DataMemory(1 << 20), Token))
        {
            _time.Advance(2 * Lifetime);
            Assert.Equal(0, _store.Sweep());
        }

        _time.Advance(2 * Lifetime);
        Assert.Equal(2, _store.Sweep());
    }

    [Fact]
    public async Task Silos_sweep_by_themselves()
    {
        await SendAsync([1, 2, 3, 4]);
        using var sweeper = new UploadSweeper(_store, _time, NullLogger<UploadSweeper>.Instance);
        await sweeper.StartAsync(Token);
        using var gone = new FileSystemWatcher(Uploads) { EnableRaisingEvents = true };
        var seen = new TaskCompletionSource();
        gone.Deleted += (_, _) => seen.TrySetResult();
        while (!seen.Task.IsCompleted)
        {
            // The timer may not have been set when the clock is first put forward.
            _time.Advance(Lifetime / UploadSweeper.SweepsPerLifetime);
            await Task.WhenAny(seen.Task, Task.Delay(20, Token));
            Token.ThrowIfCancellationRequested();
        }

        await sweeper.StopAsync(Token);
        Assert.Empty(Directory.EnumerateFiles(Uploads));
    }

    [Fact]
    public void A_lake_without_uploads_is_swept_too() => Assert.Equal(0, _store.Sweep());

    UploadStore Store() => new(new LakeFolders([_lake.Path], anywhere: false), Lifetime, _time);

    async Task<string> SendAsync(byte[] bytes)
    {
        var name = Convert.ToHexStringLower(SHA256.HashData(bytes));
        await _store.WriteAsync(name, "123", 0, bytes);
        await _store.CommitAsync(name, "123", bytes.Length);
        return name;
    }
}
