using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Distributed.Keops.Client;
using Distributed.Keops.Contracts;
using Distributed.Keops.Grains;

namespace Distributed.Keops.Silo.Tests.Telemetry;

/// <summary>What the meter and the source <c>Keops.Engine</c> tell of a job that ran.</summary>
public sealed class EngineTelemetryTests
{
    readonly ConcurrentDictionary<string, double> _sums = [];
    readonly ConcurrentBag<(string Name, string? Job)> _spans = [];

    [Fact]
    public async Task A_job_leaves_its_numbers_and_spans()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var meters = Listen(silo.Get<IMeterFactory>());
        using var spans = new ActivityListener
        {
            ShouldListenTo = source => source.Name == EngineActivities.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span => _spans.Add((span.OperationName, span.GetTagItem("keops.job") as string)),
        };
        ActivitySource.AddActivityListener(spans);
        await using var engine = await silo.ConnectAsync();
        LazyTensor x = LazyTensor.Vi(new float[300, 2]), y = LazyTensor.Vj(new float[500, 2]);
        await engine.ReduceAsync(x.SqDist(y).Sum(axis: 1), null, TestContext.Current.CancellationToken);

        Assert.Equal(150_000, _sums["keops.pairs"]);
        Assert.Equal(1, _sums["keops.tasks kind=open outcome=done"]);
        Assert.True(_sums["keops.tasks kind=reduce outcome=done"] >= 1);
        Assert.True(_sums["keops.task.duration kind=reduce"] > 0);
        Assert.True(_sums["keops.lane.busy"] >= _sums["keops.task.duration kind=reduce"]);
        Assert.Contains(_spans, s => s.Name == "task reduce" && s.Job is { Length: > 0 });
        Assert.Equal(1, _sums["keops.jobs phase=done"]);
        Assert.DoesNotContain("keops.tasks.retried", _sums.Keys);
    }

    [Fact]
    public async Task What_jobs_report_is_counted()
    {
        await using var silo = await RunningSilo.StartAsync();
        using var meters = Listen(silo.Get<IMeterFactory>());
        var metrics = silo.Get<EngineMetrics>();
        metrics.TaskRetried();
        metrics.TaskDuplicated();
        metrics.TaskDuplicated();
        metrics.JobEnded(JobPhase.Cancelled);
        metrics.TaskFailed(TaskKind.Merge, FaultKind.LostBlock);
        metrics.BytesSent(10);
        metrics.BytesReceived(7);
        Assert.Equal(1, _sums["keops.tasks.retried"]);
        Assert.Equal(2, _sums["keops.tasks.duplicated"]);
        Assert.Equal(1, _sums["keops.jobs phase=cancelled"]);
        Assert.Equal(1, _sums["keops.tasks kind=merge outcome=lostblock"]);
        Assert.Equal(10, _sums["keops.blocks.moved direction=sent"]);
        Assert.Equal(7, _sums["keops.blocks.moved direction=received"]);
    }

    /// <summary>Sums what the instruments of one silo are told; other tests have silos too.</summary>
    MeterListener Listen(IMeterFactory factory)
    {
        var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == EngineMetrics.MeterName && instrument.Meter.Scope == factory)
                self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        listener.Start();
        return listener;
    }

    void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var name = instrument.Name;
        foreach (var tag in tags) name += $" {tag.Key}={tag.Value}";
        _sums.AddOrUpdate(name, value, (_, sum) => sum + value);
    }
}
