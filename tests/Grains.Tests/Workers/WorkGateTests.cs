namespace Distributed.Keops.Grains.Tests.Workers;

public sealed class WorkGateTests : IDisposable
{
    readonly WorkGate _gate = new();

    public void Dispose() => _gate.Dispose();

    [Fact]
    public async Task A_closed_gate_lets_nothing_in_and_waits_for_what_is()
    {
        var first = _gate.TryEnter();
        var second = _gate.TryEnter();
        Assert.Equal(2, _gate.InHand);
        var empty = _gate.CloseAsync();
        Assert.True(_gate.IsClosed);
        Assert.True(_gate.Closing.IsCancellationRequested);
        Assert.Null(_gate.TryEnter());
        first!.Dispose();
        // Told twice, it has left once.
        first.Dispose();
        Assert.False(empty.IsCompleted);
        second!.Dispose();
        await empty.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(0, _gate.InHand);
    }

    [Fact]
    public void An_empty_gate_closes_at_once() => Assert.True(_gate.CloseAsync().IsCompleted);
}
