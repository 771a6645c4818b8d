using Distributed.Keops.Client;

namespace Distributed.Keops.Silo.Tests.Telemetry;

/// <summary>What reaches a collector.</summary>
public sealed class ExportTests
{
    [Fact]
    public async Task Metrics_and_traces_are_sent_where_it_is_said()
    {
        await using var collector = await Collector.StartAsync();
        await using (var silo = await RunningSilo.StartAsync(
            $"--Keops:Telemetry={collector.Address}", "--OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf"))
        {
            await using var engine = await silo.ConnectAsync();
            LazyTensor x = LazyTensor.Vi(new float[30, 2]), y = LazyTensor.Vj(new float[50, 2]);
            await engine.ReduceAsync(x.SqDist(y).Sum(axis: 1), null, TestContext.Current.CancellationToken);
        }

        foreach (var name in (string[])["keops-silo", "keops.pairs", "keops.lane.busy", "orleans-"])
            Assert.Contains(name, collector["/v1/metrics"], StringComparison.Ordinal);
        Assert.Contains("task reduce", collector["/v1/traces"], StringComparison.Ordinal);
    }
}
