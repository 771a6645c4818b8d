using System.Diagnostics;
using Distributed.Keops.Client;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Silo;

namespace Distributed.Keops.Grains.Tests.Cluster;

/// <summary>One silo for all of these tests.</summary>
public sealed class EmbeddedFixture : IAsyncLifetime
{
    public EmbeddedSilo Silo { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Silo = await EmbeddedSilo.StartAsync(new EmbeddedSiloOptions { Threads = 1 });

    public ValueTask DisposeAsync() => Silo.DisposeAsync();
}

public sealed class EmbeddedSiloTests(EmbeddedFixture fixture) : IClassFixture<EmbeddedFixture>, IDisposable
{
    readonly TempFolder _folder = new();

    static CancellationToken Token => TestContext.Current.CancellationToken;

    KeopsEngine Engine => fixture.Silo.Engine;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Arrays_give_the_bits_of_the_local_engine()
    {
        foreach (var call in new[] { Calls.Gauss(5000, 3000), Calls.LogSumExp(1000, 200_000), Calls.Nearest(700, 2000, 5) })
            Calls.AssertSame(await Calls.LocallyAsync(call), await Engine.ReduceAsync(call, null, Token));
    }

    [Fact]
    public async Task A_solve_gives_the_bits_of_the_local_engine()
    {
        var x = (ReadOnlyMemory<float>)Calls.Uniform(600, 1);
        var k = (-(LazyTensor.Vi(x, 3).SqDist(LazyTensor.Vj(x, 3)) * LazyTensor.Pm(20))).Exp();
        var call = k.Solve(NdArray.Of(Calls.Uniform(400, 2), 200, 2), alpha: 0.5);
        await using var local = KeopsEngine.CreateLocal(2);
        var expected = await local.SolveAsync(call, null, Token);
        var actual = await Engine.SolveAsync(call, null, Token);
        Assert.True(actual.Report.Converged, actual.Report.ToString());
        Assert.Equal(expected.Solution.Singles.ToArray(), actual.Solution.Singles.ToArray());
        Assert.Equal(expected.Report.Iterations, actual.Report.Iterations);
    }

    [Fact]
    public async Task Files_give_the_bits_of_the_local_engine()
    {
        await Calls.WriteCloudAsync(_folder["x.parquet"], 2500, 5);
        await Calls.WriteCloudAsync(_folder["y.parquet"], 4000, 6);
        var x = LazyTensor.FromCloud(CloudSpec.Parse(_folder["x.parquet"] + ":p_0,p_1,p_2"), Category.I);
        var y = LazyTensor.FromCloud(CloudSpec.Parse(_folder["y.parquet"] + ":p_0,p_1,p_2"), Category.J);
        var call = (-x.SqDist(y)).Exp().Sum(axis: 1);
        var expected = await Calls.LocallyAsync(call);
        Calls.AssertSame(expected, await Engine.ReduceAsync(call, null, Token));

        var written = await Engine.ReduceAsync(call.WithOutput(_folder["out.parquet"], "p_1"), null, Token);
        Assert.Empty(written.Arrays);
        Assert.Equal(["out.parquet", "out.report.json", "x.parquet", "y.parquet"], _folder.Names);
        Assert.Equal(expected[0].Singles.ToArray(), await Calls.ReadAsync(_folder["out.parquet:sum"]));
        Assert.Equal(await Calls.ReadAsync(_folder["x.parquet:p_1"]), await Calls.ReadAsync(_folder["out.parquet:p_1"]));
    }

    [Fact]
    public async Task Parameters_batches_ranges_and_axis_0_travel_too()
    {
        var x = LazyTensor.Vi((ReadOnlyMemory<double>)Calls.Uniform(90, 1).Select(v => (double)v).ToArray(), 3);
        var y = LazyTensor.Vj((ReadOnlyMemory<double>)Calls.Uniform(120, 2).Select(v => (double)v).ToArray(), 3);
        var call = (x.SqDist(y) * LazyTensor.Pm(0.1)).Sum(axis: 0);
        Calls.AssertSame(await Calls.LocallyAsync(call), await Engine.ReduceAsync(call, null, Token));

        var ranged = call with
            { Ranges = Ranges.FromArrays([0, 10, 10, 30], [1, 2], [0, 40, 5, 9], [0, 20, 20, 40], [1, 3], [0, 30, 2, 7, 9, 30]) };
        Calls.AssertSame(await Calls.LocallyAsync(ranged), await Engine.ReduceAsync(ranged, null, Token));

        // More than fits into a message, and rows in an order of their own.
        var mask = ranged with { Ranges = Ranges.Band(30, 40, 4).InOrder(null, Permutation.Of([.. Enumerable.Range(0, 40).Reverse()])) };
        Calls.AssertSame(await Calls.LocallyAsync(mask), await Engine.ReduceAsync(mask, null, Token));
        var large = Calls.Gauss(3000, 3000) with { Ranges = Ranges.Lower(3000, 3000) };
        Calls.AssertSame(await Calls.LocallyAsync(large), await Engine.ReduceAsync(large, null, Token));

        var data = (ArrayData)call.Variables[0].Data;
        var batched = call with
        {
            BatchShape = [2],
            Variables = call.Variables.SetItem(
                0, call.Variables[0] with { Data = data with { Batches = [data.Batches[0], data.Batches[0]] } }),
        };
        Calls.AssertSame(await Calls.LocallyAsync(batched), await Engine.ReduceAsync(batched, null, Token));
    }

    [Fact]
    public async Task Bad_input_says_what_the_local_engine_says()
    {
        var missing = LazyTensor.FromCloud(new CloudSpec(_folder["none.parquet"], "a", "b"), Category.J);
        var call = missing.Sum(axis: 1);
        var expected = await Assert.ThrowsAsync<DataException>(() => Calls.LocallyAsync(call));
        var error = await Assert.ThrowsAsync<DataException>(() => Engine.ReduceAsync(call, null, Token));
        Assert.Equal(expected.Message, error.Message);

        await Calls.WriteCloudAsync(_folder["x.parquet"], 10, 5);
        await Calls.WriteCloudAsync(_folder["y.parquet"], 12, 5);
        var a = LazyTensor.FromCloud(new CloudSpec(_folder["x.parquet"], "p_0"), Category.I);
        var b = LazyTensor.FromCloud(new CloudSpec(_folder["y.parquet"], "p_0"), Category.I);
        var unequal = (a + b).Sum(axis: 1);
        var counts = await Assert.ThrowsAsync<DataException>(() => Engine.ReduceAsync(unequal, null, Token));
        Assert.Contains("10", counts.Message, StringComparison.Ordinal);
        Assert.Contains("12", counts.Message, StringComparison.Ordinal);

        var shorter = (a + LazyTensor.Vi(new float[7, 1])).Sum(axis: 1);
        var named = shorter with { Variables = [.. shorter.Variables.Select(v => v with { Name = $"v{v.Variable.Index}" })] };
        var names = await Assert.ThrowsAsync<DataException>(() => Engine.ReduceAsync(named, null, Token));
        Assert.Contains("'v0' (Var(0,1,0))", names.Message, StringComparison.Ordinal);
        Assert.Contains("'v1' (Var(1,1,0))", names.Message, StringComparison.Ordinal);

        var noOutput = Calls.Gauss(10, 10).WithOutput(_folder["no/such/out.parquet"]);
        var output = await Assert.ThrowsAnyAsync<KeopsException>(() => Engine.ReduceAsync(noOutput, null, Token));
        Assert.Contains("does not exist", output.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelling_ends_the_job_and_leaves_no_output()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Token);
        // Much longer than the test may take.
        var call = Calls.Gauss(400_000, 400_000).WithOutput(_folder["out.parquet"]);
        var running = Engine.ReduceAsync(call, new Progress(_ => cancel.CancelAfter(300)), cancel.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.Empty(_folder.Names);
        // The lane is free again.
        var clock = Stopwatch.StartNew();
        await Engine.ReduceAsync(Calls.Gauss(10, 10), null, Token);
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(5), $"The next reduction took {clock.Elapsed}.");
    }

    [Fact]
    public async Task Several_silos_stand_side_by_side_and_stop_at_once()
    {
        var other = await EmbeddedSilo.StartAsync(cancellationToken: Token);
        await using var connected = await KeopsEngine.ConnectAsync(
            new ClusterOptions { Gateways = [$"127.0.0.1:{other.GatewayPort}"] }, Token);
        var call = Calls.Gauss(300, 400);
        var expected = await Calls.LocallyAsync(call);
        Calls.AssertSame(expected, await connected.ReduceAsync(call, null, Token));
        Calls.AssertSame(expected, await Engine.ReduceAsync(call, null, Token));
        await connected.DisposeAsync();
        var clock = Stopwatch.StartNew();
        await other.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"Stopping took {clock.Elapsed}.");
    }

    [Fact]
    public async Task A_silo_that_computes_stops_at_once()
    {
        var silo = await EmbeddedSilo.StartAsync(cancellationToken: Token);
        var begun = new TaskCompletionSource();
        var running = silo.Engine.ReduceAsync(Calls.Gauss(400_000, 400_000), new Progress(_ => begun.TrySetResult()), Token);
        await begun.Task.WaitAsync(Token);
        var clock = Stopwatch.StartNew();
        await silo.DisposeAsync();
        Assert.True(clock.Elapsed < TimeSpan.FromSeconds(2), $"Stopping took {clock.Elapsed}.");
        var error = await Assert.ThrowsAsync<KeopsException>(() => running.WaitAsync(TimeSpan.FromSeconds(5), Token));
        Assert.Contains("closed", error.Message, StringComparison.Ordinal);
    }

    sealed class Progress(Action<ReductionProgress> report) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => report(value);
    }
}
