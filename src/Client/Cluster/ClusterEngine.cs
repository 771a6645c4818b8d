using System.Collections.Concurrent;
using System.Diagnostics;
using Distributed.Keops.Client.Local;
using Distributed.Keops.Contracts;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Microsoft.Extensions.Hosting;

namespace Distributed.Keops.Client.Cluster;

/// <summary>Reductions on a cluster: uploads what is in memory, submits a job, follows it, fetches its result.</summary>
/// <param name="grains">The cluster.</param>
/// <param name="patience">How long a cluster that does not answer is waited for.</param>
/// <param name="owned">The client's host, where it is this engine's own.</param>
sealed class ClusterEngine(IGrainFactory grains, TimeSpan patience, IHost? owned) : KeopsEngine
{
    // Results lost with their silo before they were fetched are computed again; a cluster that loses them always is not worth more tries.
    const int Tries = 3;

    // What is still running gets so long to cancel its job.
    static readonly TimeSpan ClosingTime = TimeSpan.FromMilliseconds(500);

    readonly CancellationTokenSource _closing = new();
    readonly ConcurrentDictionary<Task, byte> _running = [];

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

    public override async ValueTask DisposeAsync()
    {
        if (_closing.IsCancellationRequested) return;
        await _closing.CancelAsync().ConfigureAwait(false);
        await Task.WhenAny(Task.WhenAll(_running.Keys), Task.Delay(ClosingTime)).ConfigureAwait(false);
        if (owned is null) return;
        await owned.StopAsync().ConfigureAwait(false);
        owned.Dispose();
    }

    async Task<ReductionResult> ReduceJobAsync(
        ReductionCall call, IProgress<ReductionProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        // What does not fit together is told here, before anything is sent.
        var compiled = call.Compile();
        var request = await new RequestWriter(new Uploader(grains, patience)).WriteAsync(call, cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var following = new JobFollower(grains.GetGrain<IJobGrain>(Guid.NewGuid().ToString("n")), request, patience);
            var status = await following.RunAsync(progress, cancellationToken).ConfigureAwait(false);
            if (status.Phase != JobPhase.Done) throw Failure(status);
            var shape = status.Shape!;
            try
            {
                var arrays = call.Output is null
                    ? await FetchAsync(call, compiled, shape, following.Job, cancellationToken).ConfigureAwait(false)
                    : [];
                return new ReductionResult(arrays, call.Output?.Path, shape.Batches * shape.Rows, shape.Pairs, clock.Elapsed)
                    { PlanHash = shape.ToPlan().Hash };
            }
            catch (KeopsFaultException fault) when (fault.Kind == FaultKind.LostBlock && attempt < Tries)
            {
                // Again, under another name: the job of this one is done.
            }
            catch (KeopsFaultException fault)
            {
                throw Failure(new JobStatus(JobPhase.Failed, null, fault.Kind, fault.Message));
            }
        }
    }

    async Task<IReadOnlyList<ResultArray>> FetchAsync(
        ReductionCall call, CompiledReduction compiled, JobShape shape, IJobGrain job, CancellationToken cancellationToken)
    {
        await using var sink = new ArraySink(call, compiled, shape.ToPlan());
        await new ResultFetcher(grains, job, compiled, shape.HasNulls).FetchAsync(sink, cancellationToken).ConfigureAwait(false);
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

    static KeopsException Failure(JobStatus status) => status.Fault switch
    {
        FaultKind.Formula => new FormulaException(status.Message!),
        FaultKind.Data => new Data.DataException(status.Message!),
        _ when status.Phase == JobPhase.Cancelled => new KeopsException("The job was cancelled by somebody else."),
        _ => new KeopsException(status.Message ?? $"The job ended as {status.Phase}."),
    };
}
