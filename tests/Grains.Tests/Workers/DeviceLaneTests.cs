using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Distributed.Keops.Grains.Tests.Workers;

/// <summary>The lane's turn, what closes it, and how it tells that it is stuck.</summary>
public sealed class DeviceLaneTests : IDisposable
{
    readonly FakeTimeProvider _time = new();
    readonly WorkGate _gate = new();
    readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    readonly DeviceLane _lane;

    public DeviceLaneTests() =>
        _lane = new DeviceLane(1, _lifetime, _gate, new EngineMetrics(_services.GetRequiredService<IMeterFactory>()), _time);

    static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _lane.Dispose();
        _gate.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task A_lane_is_silent_while_no_unit_of_its_work_ends()
    {
        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(TimeSpan.Zero, _lane.Silence);
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var work = _lane.RunAsync(async token =>
        {
            begun.SetResult();
            await go.Task;
            await _lane.ComputeAsync(() => 1, token);
            Assert.Equal(TimeSpan.Zero, _lane.Silence);
            return true;
        }, Token);
        await begun.Task.WaitAsync(Token);
        _time.Advance(TimeSpan.FromMinutes(3));
        Assert.Equal(TimeSpan.FromMinutes(3), _lane.Silence);
        go.SetResult();
        await work;
        Assert.Equal(TimeSpan.Zero, _lane.Silence);
    }

    [Fact]
    public async Task What_waits_for_its_turn_goes_back_when_the_gate_closes_and_what_runs_ends()
    {
        var (begun, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        var running = _lane.RunAsync(async token =>
        {
            begun.SetResult();
            await go.Task;
            token.ThrowIfCancellationRequested();
            return 1;
        }, Token);
        await begun.Task.WaitAsync(Token);
        var waiting = _lane.RunAsync(_ => Task.FromResult(2), Token);
        await _gate.CloseAsync().WaitAsync(Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WaitAsync(Token));
        go.SetResult();
        Assert.Equal(1, await running);
    }

    [Fact]
    public async Task What_runs_ends_with_the_silo()
    {
        var running = _lane.RunAsync(async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 1;
        }, Token);
        _lifetime.StopApplication();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Token));
    }
}
