using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cluster.Tests.Failures;

/// <summary>Inputs that change and outputs that can't be written: the job fails, says why, and leaves nothing.</summary>
public sealed class DataFaultTests(RedisCluster fixture)
{
    // Seeds of other inputs than the usual ones, which only the tests below write.
    const int Other = 77;

    [Fact]
    public async Task An_input_that_vanishes()
    {
        var cluster = await fixture.ReadyAsync();
        var input = cluster.Lake[Gauss.Inputs[1]];
        var status = await FailAsync(cluster, _ => File.Delete(input));
        Assert.Contains(Gauss.Inputs[1], status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_input_that_changes()
    {
        var cluster = await fixture.ReadyAsync();
        using var other = new TempFolder();
        await Gauss.WriteInputsAsync(other, Other);
        var input = cluster.Lake[Gauss.Inputs[1]];
        var status = await FailAsync(cluster, _ => File.Move(other[Gauss.Inputs[1]], input, overwrite: true));
        Assert.Contains(Gauss.Inputs[1], status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_output_that_cannot_be_written()
    {
        var cluster = await fixture.ReadyAsync();
        // A folder that is not empty can't be replaced by a file, not even by root.
        var status = await FailAsync(
            cluster, job => Directory.CreateDirectory(cluster.Lake[$"{job}/{Gauss.Output}/occupied"]), Gauss.Output);
        Assert.Contains(Gauss.Output, status.Message, StringComparison.Ordinal);
    }

    /// <summary>Runs a job that has to fail after the fault, and puts the inputs back.</summary>
    static async Task<JobStatus> FailAsync(TestCluster cluster, Action<string> fault, params string[] left)
    {
        try
        {
            var job = await InterruptedJob.RunAsync(cluster, 0.1, name =>
            {
                fault(name);
                return Task.CompletedTask;
            });
            Assert.True(job.Status.Phase == JobPhase.Failed, $"{job.Status.Phase} {job.Status.Message}\n{cluster.Log}");
            Assert.Equal(left, job.Left);
            return job.Status;
        }
        finally
        {
            // Or all that come after this one would fail with it.
            await Gauss.WriteInputsAsync(cluster.Lake);
        }
    }
}
