using Distributed.Keops.Client;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Grains.Tests.Cluster;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Grains.Tests.Jobs;

/// <summary>Inputs that change after the silos have read them: what they hold in memory must not become a result.</summary>
public sealed class ChangedInputTests
{
    static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("touched", "y/part.parquet")]
    [InlineData("removed", "y/part.parquet")]
    [InlineData("added", "y")]
    public async Task Nothing_appears_when_an_input_changed_that_all_silos_hold(string change, string named)
    {
        await using var silos = await TwoSilos.StartAsync();
        var call = await CallAsync(silos);
        var job = await silos.Engine.Jobs.SubmitAsync(call.WithOutput("out.parquet"), "changed", Token);
        await foreach (var beat in job.WatchAsync(Token))
        {
            // A task that is done has read the whole cloud, which is small enough to be kept.
            if (beat.PairsDone > 0 && beat.Workers.Length == 2 && beat.Workers.All(w => w.TasksDone > 0)) break;
        }

        await ChangeAsync(silos, change);
        var error = await Assert.ThrowsAsync<DataException>(() => job.ResultAsync(Token));
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(JobPhase.Failed, (await job.StatusAsync(Token)).Phase);
        Assert.Equal(["y"], silos.Lake.Names);
    }

    [Fact]
    public async Task Nobody_fetches_what_was_made_of_an_input_that_changed()
    {
        await using var silos = await TwoSilos.StartAsync();
        var changed = Task.CompletedTask;
        var progress = new Reports(beat =>
        {
            if (beat.PairsDone > 0 && changed.IsCompletedSuccessfully) changed = ChangeAsync(silos, "touched");
        });
        var call = await CallAsync(silos);
        var error = await Assert.ThrowsAsync<DataException>(() => silos.Engine.ReduceAsync(call, progress, Token));
        await changed;
        Assert.Contains("y", error.Message, StringComparison.Ordinal);
        // The same call finds the files as they are now.
        Assert.Equal(200_000, (await silos.Engine.ReduceAsync(call, null, Token)).Rows);
    }

    /// <summary>Some seconds of work over a cloud that is small enough to be read once and kept.</summary>
    static async Task<ReductionCall> CallAsync(TwoSilos silos)
    {
        Directory.CreateDirectory(silos.Lake["y"]);
        await Calls.WriteCloudAsync(silos.Lake["y/part.parquet"], 20_000, 5);
        var x = LazyTensor.Vi((ReadOnlyMemory<float>)Calls.Uniform(600_000, 1), 3);
        var y = LazyTensor.FromCloud(CloudSpec.Parse("y:p_0,p_1,p_2"), Category.J);
        return (-x.SqDist(y)).Exp().Sum(axis: 1);
    }

    static async Task ChangeAsync(TwoSilos silos, string change)
    {
        var part = silos.Lake["y/part.parquet"];
        if (change == "removed") File.Delete(part);
        else if (change == "added") await Calls.WriteCloudAsync(silos.Lake["y/more.parquet"], 10, 6);
        else File.SetLastWriteTimeUtc(part, File.GetLastWriteTimeUtc(part).AddSeconds(1));
    }

    sealed class Reports(Action<ReductionProgress> report) : IProgress<ReductionProgress>
    {
        public void Report(ReductionProgress value) => report(value);
    }
}
