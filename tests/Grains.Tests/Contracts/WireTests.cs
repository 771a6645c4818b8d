using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels.Plans;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Distributed.Keops.Grains.Tests.Contracts;

public sealed class WireTests : IDisposable
{
    readonly ServiceProvider _services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    Serializer Serializer => _services.GetRequiredService<Serializer>();

    public void Dispose() => _services.Dispose();

    T Sent<T>(T value) => Serializer.Deserialize<T>(Serializer.SerializeToArray(value))!;

    [Fact]
    public void Blocks_arrive_as_they_were()
    {
        float[] singles = [1.5f, float.NaN, float.NegativeInfinity, float.Epsilon];
        Assert.Equal(singles, Sent(NumericBlock.Of(singles)).Values<float>().ToArray());
        double[] doubles = [Math.PI, -0.0, double.MaxValue];
        Assert.Equal(doubles, Sent(NumericBlock.Of(doubles)).Values<double>().ToArray());
        long[] longs = [long.MinValue, 0, 7];
        Assert.Equal(longs, Sent(NumericBlock.Of(longs)).Values<long>().ToArray());
        Assert.Equal(default, Sent(default(NumericBlock)));
        var large = NumericBlock.Of(new byte[NumericBlock.MaxBytes]);
        Assert.Equal(large, Sent(large));
    }

    [Fact]
    public void A_block_takes_its_bytes_and_little_more()
    {
        Assert.InRange(Serializer.SerializeToArray(NumericBlock.Of(new float[1000])).Length, 4000, 4032);
    }

    [Fact]
    public void Too_large_a_block_is_refused_where_it_is_made()
    {
        var error = Assert.Throws<ArgumentException>(() => NumericBlock.Of(new byte[NumericBlock.MaxBytes + 1]));
        Assert.Contains("1048576", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_arrives_whole()
    {
        var request = new ReductionRequest
        {
            Reduction = "Sum_Reduction(Var(0,3,0),0)",
            Type = "float32",
            Variables =
            [
                new(0, 3, 0, new CloudSource("lake/points.parquet:x,y,z")),
                new(1, 3, 1, new UploadSource([new("ab", 5, 3, "float32")])),
                new(2, 1, 2, new ParameterSource([NumericBlock.Of([0.1])])),
            ],
            BatchShape = [2, 3],
            SkipNulls = true,
            Ranges = new RequestRanges([2, 1, 2], NumericBlock.Of([0L, 5, 1, 0, 5]), null),
            Output = new RequestOutput("out.parquet", ["id"]),
        };
        var sent = Sent(request);
        Assert.Equal(request.Variables.AsEnumerable().Take(1), sent.Variables.Take(1));
        Assert.Equal(0.1, ((ParameterSource)sent.Variables[2].Source).Batches[0].Values<double>()[0]);
        Assert.Equal(((UploadSource)request.Variables[1].Source).Batches[0], ((UploadSource)sent.Variables[1].Source).Batches[0]);
        Assert.Equal((6, "out.parquet", "id"), (sent.Batches, sent.Output!.Path, sent.Output.Keep[0]));
        Assert.Equal(request.Ranges.Inline, sent.Ranges!.Inline);
    }

    [Fact]
    public void Receipts_and_faults_arrive_whole()
    {
        var ticket = new BlockTicket("job/0", "silo", Guid.NewGuid(), 3, 42);
        var receipt = new TaskReceipt(new PlanTask(1, 2, 3, new MergeNode(4, 5)), "cpu-256-1",
            new(ticket, NumericBlock.Of(new byte[] { 1, 2, 3 })), 64, 1e12, TimeSpan.FromSeconds(2));
        Assert.Equal(receipt, Sent(receipt));

        var fault = Sent<Exception>(KeopsFaultException.Lost(new BlockReference(ticket, null), "gone."));
        var lost = Assert.IsType<KeopsFaultException>(fault);
        Assert.Equal((FaultKind.LostBlock, (string?)ticket.Holder), (lost.Kind, lost.LostHolder));
        Assert.Contains("gone.", lost.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Status_progress_and_snapshots_arrive_whole()
    {
        var now = new DateTimeOffset(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);
        var status = new JobStatus(JobPhase.Running, null, FaultKind.None, null)
        {
            Job = "a",
            Submitted = now,
            Started = now,
            Ended = now,
            PairsDone = 1e12,
            PairsPerSecond = 5e9,
            Remaining = TimeSpan.FromSeconds(7),
            Tasks = new JobTasks(1, 2, 3),
            PlanHash = "ab",
            OutputPath = "out/",
        };
        Assert.Equal(status, Sent(status));

        var worker = new WorkerProgress("silo", 1, 2, 3) { EngineId = "cpu", PairsPerSecond = 4, State = WorkerState.Busy };
        var remaining = TimeSpan.FromTicks(5);
        var progress = Sent(new JobProgress(1L << 33, JobPhase.Writing, 1, 2, [worker]) { PairsPerSecond = 3, Remaining = remaining });
        Assert.Equal((1L << 33, 3.0, remaining), (progress.Sequence, progress.PairsPerSecond, progress.Remaining));
        Assert.Equal(worker, Assert.Single(progress.Workers));

        var request = new ReductionRequest { Reduction = "Sum_Reduction(Var(0,1,1),0)", Type = "float32", Variables = [] };
        var snapshot = Sent(new JobSnapshot
        {
            Request = request, Submitted = now, Started = now, Writing = now, Ended = now, Lives = 3, Sequence = 4, PairsDone = 5,
            Tasks = new JobTasks(6, 7, 8), Workers = [worker],
        });
        Assert.Equal((now, now, now, now, 3, 4L, 5.0, new JobTasks(6, 7, 8)), (
            snapshot.Submitted, snapshot.Started, snapshot.Writing, snapshot.Ended, snapshot.Lives, snapshot.Sequence,
            snapshot.PairsDone, snapshot.Tasks));
        Assert.Equal(worker, Assert.Single(snapshot.Workers));
        var report = Sent(JobReports.Of("a", snapshot));
        Assert.Equal(("a", "unknown", 3, "silo"), (report.Job, report.Outcome, report.Coordinators, Assert.Single(report.Workers).Silo));
        Assert.Equal(RequestFingerprint.Of(request), report.Request.Fingerprint);
    }
}
