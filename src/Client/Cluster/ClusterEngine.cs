using System.Collections.Concurrent;
using System.Diagnostics;
using Distributed.Keops.Client.Cluster;
using Distributed.Keops.Client.Local;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Microsoft.Extensions.Hosting;

namespace Distributed.Keops.Client;

/// <summary>
/// Reductions on a cluster: uploads what is in memory, submits a job, follows it, fetches its result. <see cref="Jobs"/> are those that
/// nobody waits for.
/// </summary>
public sealed class ClusterEngine : KeopsEngine
{
    // Results lost with their silo before they were fetched are computed again; a cluster that loses them always is not worth more tries.
    const int Tries = 3;

    // Footers of many files may take long.
    static readonly TimeSpan DescribeTime = TimeSpan.FromMinutes(2);

    // What is still running gets so long to cancel its job.
    static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource _closing = new();
    readonly ConcurrentDictionary<Task, byte> _running = [];
    readonly IGrainFactory _grains;
    readonly TimeSpan _patience;
    readonly IHost? _owned;

    /// <param name="grains">The cluster.</param>
    /// <param name="patience">How long a cluster that does not answer is waited for.</param>
    /// <param name="owned">The client's host, where it is this engine's own.</param>
    internal ClusterEngine(IGrainFactory grains, TimeSpan patience, IHost? owned)
    {
        (_grains, _patience, _owned) = (grains, patience, owned);
        Jobs = new JobClient(grains, patience);
    }

    /// <summary>Jobs that go on without this process.</summary>
    public JobClient Jobs { get; }

    internal override async Task<ReductionResult> RunAsync(
        ReductionCall call, IProgress<ReductionProgress>? progress, CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_closing.IsCancellationRequested, this);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, _closing.Token);
        var reducing = ReduceJobAsync(call, progress, linked.Token);
        _running.TryAdd(reducing, 0);
        try
        {
            return await reducing.ConfigureAwait(false);
        }
        catch (OperationCanceledException error) when (!cancellationToken.IsCancellationRequested && _closing.IsCancellationRequested)
        {
            throw new KeopsException("The engine was closed while it computed.", error);
        }
        finally
        {
            _running.TryRemove(reducing, out _);
        }
    }

    internal override async Task<long> CountRowsAsync(CloudSpec cloud, CancellationToken cancellationToken)
    {
        var dataset = _grains.GetGrain<IDatasetGrain>(cloud.ToString());
        return (await new Patience(_patience).AskAsync(dataset.Describe, DescribeTime, cancellationToken).ConfigureAwait(false)).Rows;
    }

    /// <summary>Ends what this engine still waits for; jobs go on.</summary>
    public override async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(ClosingTime)).ConfigureAwait(false);
        if (_owned is null) return;
        await _owned.StopAsync().ConfigureAwait(false);
        _owned.Dispose();
    }

    async Task<ReductionResult> ReduceJobAsync(
        ReductionCall call, IProgress<ReductionProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        // What does not fit together is told here, before anything is sent.
        var compiled = call.Compile();
        new DeviceOptions(call.Options.Backend, call.Options.DeviceId).RequireCpu();
        var request = await new RequestWriter(new Uploader(_grains, _patience)).WriteAsync(call, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var job = Jobs.Get(JobId.New());
            var status = await new JobFollower(job, request).RunAsync(progress, cancellationToken).ConfigureAwait(false);
            if (status.Phase != JobPhase.Done) throw Failures.Of(status);
            var shape = status.Shape!;
            try
            {
                var arrays = call.Output is null
                    ? await FetchAsync(call, compiled, shape, job.Grain, cancellationToken).ConfigureAwait(false)
                    : [];
                return new ReductionResult(arrays, call.Output?.Path, shape.Batches * shape.Rows, shape.Pairs, clock.Elapsed)
                {
                    PlanHash = shape.ToPlan().Hash,
                };
            }
            catch (KeopsFaultException fault) when (fault.Kind == FaultKind.LostBlock && attempt < Tries)
            {
                // Again, under another name: the job of this one is done.
            }
            catch (KeopsFaultException fault)
            {
                throw Failures.Of(fault);
            }
        }
    }

    async Task<IReadOnlyList<ResultArray>> FetchAsync(
        ReductionCall call, CompiledReduction compiled, JobShape shape, IJobGrain job, CancellationToken cancellationToken)
    {
        await using var sink = new ArraySink(call, compiled, shape.ToPlan());
        await new ResultFetcher(_grains, job, compiled, shape.HasNulls).FetchAsync(sink, cancellationToken).ConfigureAwait(false);
        try
        {
            await job.Release().WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception error) when (Transient.Is(error))
        {
            // The result is here; what the cluster still keeps of it expires.
        }

        return await sink.CompleteAsync(cancellationToken).ConfigureAwait(false);
    }
}
