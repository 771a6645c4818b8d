using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;

namespace Distributed.Keops.Client;

/// <summary>
/// Jobs that outlive the client that submits them: they write their result into files, and any process may follow, cancel or ask for them
/// by name. Safe for several threads.
/// </summary>
/// <example>
/// <code>
/// await using var cluster = await KeopsEngine.ConnectAsync();
/// var job = await cluster.Jobs.SubmitAsync(call, "density-2026-11");       // call.Output says where the result goes
/// await foreach (var beat in job.WatchAsync()) Console.WriteLine(beat.PairsDone / beat.Pairs);
/// var again = cluster.Jobs.Get("density-2026-11");                          // from here or from another process
/// </code>
/// </example>
public sealed class JobClient
{
    readonly IGrainFactory _grains;
    readonly TimeSpan _patience;

    internal JobClient(IGrainFactory grains, TimeSpan patience) => (_grains, _patience) = (grains, patience);

    /// <summary>
    /// Submits a job. The same call under the same name is the same job: whether it runs or has ended, nothing happens again.
    /// </summary>
    /// <param name="call">What is computed; it has an output. Arrays are uploaded first.</param>
    /// <param name="id">The job's name: up to 100 letters, digits, <c>-</c>, <c>_</c>, <c>.</c>; a new one by default.</param>
    /// <param name="cancellationToken">Ends the submitting; the job may have been submitted.</param>
    /// <exception cref="KeopsException">
    /// The call does not fit together or has no output, the name is none or belongs to another call, or the cluster does not answer.
    /// </exception>
    public async Task<KeopsJob> SubmitAsync(ReductionCall call, string? id = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(call);
        id = JobId.Require(id ?? JobId.New());
        if (call.Output is null) throw new KeopsException(
            $"The job '{id}' has no output: a job that outlives its client writes its result into files.");
        var ordered = await OrderedCall.CreateAsync(CallData.Resolve(call), cancellationToken).ConfigureAwait(false);
        // What does not fit together is told here, before anything is sent.
        ordered.Call.Compile();
        new DeviceOptions(ordered.Call.Options.Backend, ordered.Call.Options.DeviceId).RequireCpu();
        var writer = new RequestWriter(new Uploader(_grains, _patience));
        var request = await writer.WriteAsync(ordered.Call, cancellationToken).ConfigureAwait(false);
        var job = Get(id);
        var status = await job.SubmitAsync(request, cancellationToken).ConfigureAwait(false);
        // A refusal is not remembered under the name; a job that failed is, and says so when it is waited for.
        return status.Submitted is null ? throw Failures.Of(status) : job;
    }

    /// <summary>A job by its name; whether there is one shows when it is asked.</summary>
    /// <exception cref="KeopsException">The name can't be one.</exception>
    public KeopsJob Get(string id) => new(_grains, JobId.Require(id), _patience);

    /// <summary>The jobs that run and the last that have ended, newest first.</summary>
    /// <param name="most">How many at most. Default: 100.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="KeopsException">The cluster does not answer.</exception>
    public async Task<IReadOnlyList<JobSummary>> ListAsync(int most = 100, CancellationToken cancellationToken = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(most);
        var catalog = _grains.GetGrain<IJobCatalogGrain>(IJobCatalogGrain.Key);
        return await new Patience(_patience).AskAsync(() => catalog.List(most), cancellationToken).ConfigureAwait(false);
    }
}
