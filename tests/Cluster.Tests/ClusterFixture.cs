using System.Diagnostics;
using Distributed.Keops.Cluster.Tests.Services;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cluster.Tests;

/// <summary>
/// Three silos that all tests over a store share, started when the first of them asks, and the result of the job by one silo alone, which
/// all results must equal to the byte.
/// </summary>
public abstract class ClusterFixture : IAsyncDisposable
{
    const int Silos = 3;

    TestCluster? _cluster;

    private protected abstract IStore CreateStore();

    /// <summary>The output's bytes as one silo writes them.</summary>
    public byte[] Expected { get; private set; } = [];

    /// <summary>The cluster with three running silos and the inputs in its lake.</summary>
    internal async Task<TestCluster> ReadyAsync()
    {
        if (_cluster is null)
        {
            _cluster = await TestCluster.StartAsync(CreateStore(), 1);
            await Gauss.WriteInputsAsync(_cluster.Lake);
            var clock = Stopwatch.StartNew();
            var token = TestContext.Current.CancellationToken;
            var status = await (await _cluster.Jobs.SubmitAsync(Gauss.Call(Gauss.Output), "reference", token)).WaitAsync(null, token);
            Assert.True(status.Phase == JobPhase.Done, status.Message);
            TestContext.Current.TestOutputHelper?.WriteLine($"one silo alone: {clock.Elapsed.TotalSeconds:0.0} s");
            Expected = await File.ReadAllBytesAsync(_cluster.Lake[Gauss.Output]);
            while (_cluster.Silos.Count < Silos) _cluster.Add();
            await _cluster.ReadyAsync();
            await _cluster.ConnectAsync();
        }

        await _cluster.RestartAsync();
        return _cluster;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (_cluster is not null) await _cluster.DisposeAsync();
    }
}

/// <summary>Silos that know each other by Redis.</summary>
public sealed class RedisCluster : ClusterFixture
{
    private protected override IStore CreateStore() => new RedisServer();
}

/// <summary>Silos that know each other by PostgreSQL.</summary>
public sealed class PostgresCluster : ClusterFixture
{
    private protected override IStore CreateStore() => new PostgresServer();
}
