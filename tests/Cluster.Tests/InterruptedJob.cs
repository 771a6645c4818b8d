using System.Diagnostics;
using Distributed.Keops.Client;
using Distributed.Keops.Contracts;

namespace Distributed.Keops.Cluster.Tests;

/// <summary>A job into which a fault is put when so much of it is done.</summary>
sealed class InterruptedJob
{
    static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    readonly string _folder;

    InterruptedJob(string name, string folder, JobStatus status, IReadOnlyList<JobProgress> beats) =>
        (Name, _folder, Status, Beats) = (name, folder, status, beats);

    /// <summary>The job's name, and that of the folder in the lake that is its output's alone.</summary>
    public string Name { get; }

    public JobStatus Status { get; }

    /// <summary>What the watcher was told after the fault.</summary>
    public IReadOnlyList<JobProgress> Beats { get; }

    /// <summary>What stands in the output's folder, hidden things included.</summary>
    public IEnumerable<string> Left => TempFolder.NamesIn(_folder);

    /// <summary>Submits the job, follows it up to the fraction, puts the fault in, and follows it to its end.</summary>
    /// <param name="cluster">Where it runs; its silos are killed when that fails, so that the next test finds fresh ones.</param>
    /// <param name="fraction">Pairs done of all.</param>
    /// <param name="fault">Told the job's name.</param>
    /// <param name="kernels">How long the job is.</param>
    public static async Task<InterruptedJob> RunAsync(TestCluster cluster, double fraction, Func<string, Task> fault, int kernels = 1)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        try
        {
            return await FollowAsync(cluster, fraction, fault, kernels, limit.Token);
        }
        catch (Exception error) when (error is not Xunit.Sdk.XunitException)
        {
            var log = cluster.Log;
            foreach (var silo in cluster.Silos) silo.Kill();
            throw new InvalidOperationException($"{error.Message}\n{log}", error);
        }
    }

    static async Task<InterruptedJob> FollowAsync(
        TestCluster cluster, double fraction, Func<string, Task> fault, int kernels, CancellationToken token)
    {
        var name = JobId.New();
        var folder = Directory.CreateDirectory(cluster.Lake[name]).FullName;
        var job = await cluster.Jobs.SubmitAsync(Gauss.Call($"{name}/{Gauss.Output}", kernels), name, token);
        var began = Stopwatch.GetTimestamp();
        // The fault is put in while the stream is read on, as it is for any other watcher.
        var (putIn, interrupted, pairsThen, beats) = ((Task?)null, TimeSpan.Zero, 0.0, new List<JobProgress>());
        TimeSpan? recovered = null;
        await foreach (var beat in job.WatchAsync(token))
        {
            var now = Stopwatch.GetElapsedTime(began);
            if (putIn is { IsCompleted: true }) beats.Add(beat);
            if (putIn is { IsCompleted: true } && recovered is null && beat.PairsDone > pairsThen) recovered = now - interrupted;
            if (putIn is null && beat.Phase == JobPhase.Running && beat.PairsDone >= fraction * beat.Pairs)
            {
                (interrupted, pairsThen) = (now, beat.PairsDone);
                putIn = fault(name);
            }
        }

        var status = await job.StatusAsync(token);
        Assert.True(
            putIn is not null, $"The job was over before {fraction:P0} of it were seen to be done: {status.Phase} {status.Message}\n{cluster.Log}");
        await putIn;
        var (end, pairs) = (Stopwatch.GetElapsedTime(began), status.Shape?.Pairs ?? 0);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"fault at {interrupted.TotalSeconds:0.0} s ({(pairs > 0 ? pairsThen / pairs : 0):P0}), next pairs after "
            + $"{(recovered is { } r ? $"{r.TotalSeconds:0.0} s" : "-")}, end at {end.TotalSeconds:0.0} s, {status.Tasks}");
        return new InterruptedJob(name, folder, status, beats);
    }

    /// <summary>The output's bytes.</summary>
    public byte[] Bytes => File.ReadAllBytes(Path.Combine(_folder, Gauss.Output));

    /// <summary>The job is done, its output has these bytes, and nothing else is left.</summary>
    public void AssertDone(TestCluster cluster, byte[] expected)
    {
        Assert.True(Status.Phase == JobPhase.Done, $"{Status.Phase}: {Status.Message}\n{cluster.Log}");
        Assert.True(Bytes.SequenceEqual(expected), "The output has other bytes.");
        Assert.Equal([Gauss.Output, Path.ChangeExtension(Gauss.Output, "report.json")], Left);
    }
}
