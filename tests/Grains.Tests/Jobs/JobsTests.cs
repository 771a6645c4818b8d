using System.Text.Json;
using Distributed.Keops.Client;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Grains.Tests.Cluster;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;
using Orleans.Runtime;

namespace Distributed.Keops.Grains.Tests.Jobs;

public sealed class JobsTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    static ReductionCall Short(string path = "out.parquet") => Calls.Gauss(2000, 2000).WithOutput(path);

    // Some seconds of work for two threads.
    static ReductionCall Long(string path = "out.parquet") => Calls.Gauss(200_000, 100_000).WithOutput(path);

    [Fact]
    public async Task The_same_call_under_the_same_name_is_the_same_job()
    {
        await using var silos = await TwoSilos.StartAsync();
        var jobs = silos.Engine.Jobs;
        var job = await jobs.SubmitAsync(Short(), "density", Token);
        var first = await job.WaitAsync(null, Token);
        Assert.Equal((JobPhase.Done, "density", "out.parquet"), (first.Phase, first.Job, first.OutputPath));

        File.Delete(silos.Lake["out.parquet"]);
        var again = await (await jobs.SubmitAsync(Short(), "density", Token)).WaitAsync(null, Token);
        Assert.Equal(first, again);
        Assert.Equal(["out.report.json"], silos.Lake.Names);

        var error = await Assert.ThrowsAsync<KeopsException>(() => jobs.SubmitAsync(Short("other.parquet"), "density", Token));
        Assert.Contains("'density'", error.Message, StringComparison.Ordinal);
        Assert.Equal(["out.report.json"], silos.Lake.Names);
    }

    [Fact]
    public async Task A_job_that_failed_has_failed()
    {
        await using var silos = await TwoSilos.StartAsync();
        var missing = LazyTensor.FromCloud(CloudSpec.Parse("none.parquet:a"), Category.J).Sum(axis: 1).WithOutput("out.parquet");
        var job = await silos.Engine.Jobs.SubmitAsync(missing, "broken", Token);
        var error = await Assert.ThrowsAsync<DataException>(() => job.ResultAsync(Token));
        Assert.Contains("none.parquet", error.Message, StringComparison.Ordinal);
        await Calls.WriteCloudAsync(silos.Lake["none.parquet"], 10, 1);
        var status = await (await silos.Engine.Jobs.SubmitAsync(missing, "broken", Token)).StatusAsync(Token);
        Assert.Equal((JobPhase.Failed, FaultKind.Data), (status.Phase, status.Fault));
        Assert.NotNull(status.Ended);
        Assert.Equal("failed", (await job.ReportAsync(Token)).Outcome);
    }

    [Fact]
    public async Task What_makes_no_job_is_refused()
    {
        await using var silos = await TwoSilos.StartAsync();
        var jobs = silos.Engine.Jobs;
        await RefusedAsync("no output", () => jobs.SubmitAsync(Calls.Gauss(3, 3), "a", Token));
        await RefusedAsync("'a/b'", () => jobs.SubmitAsync(Short(), "a/b", Token));
        // A client that checks nothing.
        var request = new ReductionRequest { Reduction = "Sum_Reduction(Var(0,1,1),0)", Type = "float32", Variables = [] };
        var fault = await Assert.ThrowsAsync<KeopsFaultException>(() => silos.Cluster.Client.GetGrain<IJobGrain>("../etc").Submit(request));
        Assert.Contains("'../etc'", fault.Message, StringComparison.Ordinal);

        var unknown = jobs.Get("nobody");
        Assert.Equal(JobPhase.Unknown, (await unknown.StatusAsync(Token)).Phase);
        await RefusedAsync("'nobody'", () => unknown.WaitAsync(null, Token));
        await RefusedAsync("'nobody'", () => unknown.ReportAsync(Token));
        await RefusedAsync("'nobody'", () => unknown.CancelAsync(Token));
        await RefusedAsync("'nobody'", () => unknown.ResultAsync(Token));
        // Having been asked to cancel what was not there does not cancel what comes.
        Assert.Equal(JobPhase.Done, (await (await jobs.SubmitAsync(Short(), "nobody", Token)).WaitAsync(null, Token)).Phase);
    }

    [Fact]
    public async Task Watchers_are_told_of_progress_and_of_the_end_whenever_they_come()
    {
        await using var silos = await TwoSilos.StartAsync();
        var job = await silos.Engine.Jobs.SubmitAsync(Calls.Gauss(60_000, 50_000).WithOutput("out.parquet"), "watched", Token);
        var beats = new List<JobProgress>();
        await foreach (var beat in job.WatchAsync(Token)) beats.Add(beat);
        Assert.Equal(beats.Select(b => b.Sequence).Distinct().Order(), beats.Select(b => b.Sequence));
        var end = beats[^1];
        Assert.Equal((JobPhase.Done, end.Pairs), (end.Phase, end.PairsDone));
        Assert.Equal(2, end.Workers.Length);
        Assert.All(end.Workers, w => Assert.True(w.TasksDone > 0 && w.EngineId.Length > 0 && w.State == WorkerState.Gone));
        Assert.Contains(beats, b => b.Workers.Any(w => w is { State: WorkerState.Busy, Outstanding: > 0 }));
        Assert.Contains(beats, b => b is { PairsPerSecond: > 0, Remaining: not null });
        Assert.True(end.PairsPerSecond > 0);

        // Whatever they saw before: the end.
        foreach (var after in new[] { 0, end.Sequence - 1, end.Sequence, end.Sequence + 1000 })
        {
            var late = await job.Grain.Next(after);
            Assert.Equal((end.Sequence, JobPhase.Done), (late!.Sequence, late.Phase));
        }
    }

    [Fact]
    public async Task The_end_outlives_its_coordinator()
    {
        await using var silos = await TwoSilos.StartAsync();
        var job = await silos.Engine.Jobs.SubmitAsync(Short(), "ended", Token);
        var before = await job.WaitAsync(null, Token);
        var report = await job.ReportAsync(Token);
        await silos.Cluster.DeactivateAsync(job.Grain);
        Assert.Equal(before, await job.StatusAsync(Token));
        Assert.Equal(report.Workers.ToArray(), (await job.ReportAsync(Token)).Workers.ToArray());
        await foreach (var beat in job.WatchAsync(Token)) Assert.Equal((JobPhase.Done, before.PairsDone), (beat.Phase, beat.PairsDone));
    }

    [Fact]
    public async Task A_client_may_die_and_another_go_on()
    {
        await using var silos = await TwoSilos.StartAsync();
        await using (var first = silos.Engine)
        {
            await first.Jobs.SubmitAsync(Calls.Gauss(60_000, 50_000).WithOutput("out.parquet"), "inherited", Token);
        }

        var result = await silos.Engine.Jobs.Get("inherited").ResultAsync(Token);
        Assert.Equal(("out.parquet", 60_000, 60_000.0 * 50_000), (result.OutputPath, result.Rows, result.Pairs));
        var local = await Calls.LocallyAsync(Calls.Gauss(60_000, 50_000));
        Assert.Equal(local.PlanHash, result.PlanHash);
        Assert.Equal(local[0].Singles.ToArray(), await Calls.ReadAsync(silos.Lake["out.parquet:sum"]));
    }

    [Fact]
    public async Task A_cancelled_job_leaves_nothing()
    {
        await using var silos = await TwoSilos.StartAsync();
        var job = await silos.Engine.Jobs.SubmitAsync(Long(), "cancelled", Token);
        await foreach (var beat in job.WatchAsync(Token))
        {
            // Results wait in the lake by now.
            if (beat.PairsDone > 0) break;
        }

        Assert.NotEmpty(silos.Lake.Names);
        // A writer that nobody sent, or that was thought dead long ago.
        await Assert.ThrowsAsync<KeopsFaultException>(() => job.Grain.Commit(0));
        Assert.Equal(JobPhase.Cancelled, (await job.CancelAsync(Token)).Phase);
        Assert.Empty(silos.Lake.Names);
        Assert.Equal(JobPhase.Cancelled, (await job.CancelAsync(Token)).Phase);
        var error = await Assert.ThrowsAsync<KeopsException>(() => job.ResultAsync(Token));
        Assert.Contains("cancelled", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_cancelled_while_it_writes_is_done_or_leaves_nothing()
    {
        await using var silos = await TwoSilos.StartAsync();
        for (var delay = 0; delay < 8; delay++)
        {
            // More rows than work, so that writing takes a while.
            var call = Calls.Gauss(600_000, 10, seed: delay).WithOutput($"out{delay}.parquet");
            var job = await silos.Engine.Jobs.SubmitAsync(call, $"race{delay}", Token);
            await foreach (var beat in job.WatchAsync(Token))
            {
                if (beat.Phase is JobPhase.Writing || beat.Phase.IsTerminal()) break;
            }

            await Task.Delay(10 * delay, Token);
            var end = await job.CancelAsync(Token);
            string[] expected = end.Phase == JobPhase.Done ? [$"out{delay}.parquet", $"out{delay}.report.json"] : [];
            Assert.Equal(expected, silos.Lake.Names);
            foreach (var name in expected) File.Delete(silos.Lake[name]);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_watcher_does_not_notice_that_coordinators_die(int more)
    {
        await using var silos = await TwoSilos.StartAsync(silos: 3);
        var call = Calls.Gauss(60_000 + more, 100_000).WithOutput("out.parquet");
        var job = await silos.Engine.Jobs.SubmitAsync(call, "orphan", Token);
        var killed = Task.CompletedTask;
        var (last, sequence) = ((JobProgress?)null, 0L);
        await foreach (var beat in job.WatchAsync(Token))
        {
            Assert.True(beat.Sequence > sequence, $"{beat.Sequence} after {sequence}.");
            (last, sequence) = (beat, beat.Sequence);
            if (beat.PairsDone > 0 && silos.Cluster.Silos.Count == 3 && killed.IsCompletedSuccessfully) killed = KillCoordinatorAsync(silos, job);
        }

        await killed;
        Assert.Equal(2, silos.Cluster.Silos.Count);
        Assert.Equal((JobPhase.Done, last!.Pairs), (last.Phase, last.PairsDone));
        var report = await job.ReportAsync(Token);
        Assert.True(report.Coordinators > 1, $"{report.Coordinators}");
        Assert.Equal((await Calls.LocallyAsync(call with { Output = null }))[0].Singles.ToArray(), await Calls.ReadAsync(silos.Lake["out.parquet:sum"]));
        Assert.Equal(["out.parquet", "out.report.json"], silos.Lake.Names);
    }

    [Fact]
    public async Task A_reminder_calls_a_lost_job_back_when_nobody_asks_for_it()
    {
        await using var silos = await TwoSilos.StartAsync(silos: 3);
        var job = await silos.Engine.Jobs.SubmitAsync(Calls.Gauss(60_000, 100_000).WithOutput("out.parquet"), "forgotten", Token);
        var table = silos.Cluster.GetSiloServiceProvider().GetService(typeof(IReminderTable)) as IReminderTable;
        var reminder = Assert.Single((await table!.ReadRows(job.Grain.GetGrainId(), Token)).Reminders);
        Assert.Equal(TimeSpan.FromMinutes(1), reminder.Period);

        using var appeared = new Appearance(silos.Lake.Path, "out.parquet");
        await silos.Cluster.DeactivateAsync(job.Grain);
        // The tick that the service sends after a minute.
        await job.Grain.AsReference<IRemindable>().ReceiveReminder(reminder.ReminderName, default, Token);
        await appeared.Task.WaitAsync(TimeSpan.FromSeconds(60), Token);
        await job.WaitAsync(null, Token);
        // Of a job that has ended there is nothing to be reminded.
        await job.Grain.AsReference<IRemindable>().ReceiveReminder(reminder.ReminderName, default, Token);
        Assert.Empty((await table.ReadRows(job.Grain.GetGrainId(), Token)).Reminders);
        Assert.Equal(["out.parquet", "out.report.json"], silos.Lake.Names);
    }

    [Fact]
    public async Task Jobs_are_listed_and_the_list_is_put_right()
    {
        await using var silos = await TwoSilos.StartAsync();
        var jobs = silos.Engine.Jobs;
        Assert.Empty(await jobs.ListAsync(cancellationToken: Token));
        await (await jobs.SubmitAsync(Short("a.parquet"), "first", Token)).WaitAsync(null, Token);
        var running = await jobs.SubmitAsync(Long("b.parquet"), "second", Token);
        await foreach (var beat in running.WatchAsync(Token))
        {
            if (beat.Phase == JobPhase.Running) break;
        }

        var list = await jobs.ListAsync(cancellationToken: Token);
        Assert.Equal([("second", JobPhase.Running), ("first", JobPhase.Done)], list.Select(j => (j.Job, j.Phase)));
        Assert.Equal((2000, 4e6, "a.parquet"), (list[1].Rows, list[1].Pairs, list[1].Output));
        Assert.Equal("second", Assert.Single(await jobs.ListAsync(1, Token)).Job);

        await running.CancelAsync(Token);
        var catalog = silos.Cluster.Client.GetGrain<IJobCatalogGrain>(IJobCatalogGrain.Key);
        // It was told nothing but lies since: the jobs know better.
        await catalog.Put(list[1] with { Job = "never", Phase = JobPhase.Running, Ended = null });
        await silos.Cluster.DeactivateAsync(catalog);
        Assert.Equal(
            [("second", JobPhase.Cancelled), ("first", JobPhase.Done)], (await jobs.ListAsync(cancellationToken: Token)).Select(j => (j.Job, j.Phase)));
        // What is fetched by who waits for it is nobody else's business.
        await silos.Engine.ReduceAsync(Calls.Gauss(100, 100), null, Token);
        Assert.Equal(2, (await jobs.ListAsync(cancellationToken: Token)).Count);
    }

    [Theory]
    [InlineData("out.parquet", "out.report.json")]
    [InlineData("out/", "out/_report.json")]
    public async Task A_report_appears_with_the_output(string output, string report)
    {
        await using var silos = await TwoSilos.StartAsync();
        await Calls.WriteCloudAsync(silos.Lake["x.parquet"], 9000, 5);
        var x = LazyTensor.FromCloud(CloudSpec.Parse("x.parquet:p_0,p_1,p_2"), Category.I);
        var y = LazyTensor.FromCloud(CloudSpec.Parse("x.parquet:p_0,p_1,p_2"), Category.J);
        var call = (x.SqDist(y) * LazyTensor.Pm(0.125)).Sum(axis: 1).WithOutput(output, "p_0");
        await (await silos.Engine.Jobs.SubmitAsync(call, "told", Token)).ResultAsync(Token);

        var text = await File.ReadAllTextAsync(silos.Lake[report], Token);
        var json = JsonDocument.Parse(text).RootElement;
        Assert.Equal(("told", "done"), (json.GetProperty("job").GetString(), json.GetProperty("outcome").GetString()));
        var variables = json.GetProperty("request").GetProperty("variables").EnumerateArray();
        Assert.Equal(
            ["Pm parameter", "Vi x.parquet:p_0,p_1,p_2", "Vj x.parquet:p_0,p_1,p_2"],
            variables.Select(v => $"{v.GetProperty("category")} {v.GetProperty("source")}").Order());
        Assert.DoesNotContain("0.125", text, StringComparison.Ordinal);
        Assert.Equal(9000, json.GetProperty("plan").GetProperty("rows").GetInt64());
        var file = json.GetProperty("inputs")[0].GetProperty("files")[0];
        Assert.Equal(new FileInfo(silos.Lake["x.parquet"]).Length, file.GetProperty("bytes").GetInt64());
        Assert.Equal(9000, file.GetProperty("rows").GetInt64());
        Assert.True(json.GetProperty("times").GetProperty("running_seconds").GetDouble() > 0);
        Assert.True(json.GetProperty("times").GetProperty("writing_seconds").GetDouble() > 0);
        Assert.True(json.GetProperty("tasks").GetProperty("done").GetInt32() > 0);
        Assert.Equal(81e6, json.GetProperty("workers").EnumerateArray().Sum(w => w.GetProperty("pairs").GetDouble()));
        Assert.Equal(9000, json.GetProperty("output").GetProperty("rows").GetInt64());
        Assert.Equal(0, json.GetProperty("skipped_rows").GetProperty("output_side").GetInt64());
    }

    static async Task RefusedAsync(string part, Func<Task> ask) =>
        Assert.Contains(part, (await Assert.ThrowsAsync<KeopsException>(ask)).Message, StringComparison.Ordinal);

    /// <summary>Kills the silo on which the job is coordinated.</summary>
    static async Task KillCoordinatorAsync(TwoSilos silos, KeopsJob job)
    {
        var address = await silos.Cluster.Client.GetGrain<IManagementGrain>(0).GetActivationAddress(job.Grain);
        await silos.Cluster.KillSiloAsync(silos.Cluster.Silos.Single(s => s.SiloAddress.Equals(address)));
    }

    /// <summary>Ends when a file appears under its name.</summary>
    sealed class Appearance : IDisposable
    {
        readonly TaskCompletionSource _seen = new(TaskCreationOptions.RunContinuationsAsynchronously);
        readonly FileSystemWatcher _watcher;

        public Appearance(string folder, string name)
        {
            _watcher = new FileSystemWatcher(folder, name) { EnableRaisingEvents = true };
            _watcher.Created += (_, _) => _seen.TrySetResult();
            _watcher.Renamed += (_, _) => _seen.TrySetResult();
        }

        public Task Task => _seen.Task;

        public void Dispose() => _watcher.Dispose();
    }
}
