using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Client.Local;

/// <summary>Reductions in this process, on threads of their own or on its machine's GPUs, without Orleans.</summary>
/// <param name="threads">Threads for kernels on the CPU.</param>
/// <param name="gpu">The GPU for calls that leave it open where they are computed; null for the CPU.</param>
sealed class LocalEngine(int threads, int? gpu) : KeopsEngine
{
    static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(100);

    readonly ComputeThreads _threads = new(threads);
    readonly ConcurrentDictionary<int, Lazy<CudaLane>> _gpus = new();

    internal override async Task<ReductionResult> RunAsync(
        ReductionCall call, IProgress<ReductionProgress>? progress, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var compiled = call.Compile();
        await using var data = await BoundData.OpenAsync(call, compiled, cancellationToken).ConfigureAwait(false);
        var reduction = data.Reduction;
        var plan = reduction.Plan;
        await using var sink = call.Output is null
            ? (ResultSink)new ArraySink(call, compiled, plan)
            : await FileSink.CreateAsync(call, compiled, plan, data, cancellationToken).ConfigureAwait(false);
        using var runner = Runner(call, reduction);
        var pairs = reduction.Pairs?.Pairs * plan.Batches ?? plan.Pairs;
        foreach (var task in LocalTasks.Cut(compiled, plan))
        {
            using var states = await Follow(runner.RunAsync(task, cancellationToken), runner, pairs, progress).ConfigureAwait(false);
            var block = states.Finalize(call.Type, data.RowNumbers);
            await sink.WriteAsync(task.Batch, block, data.Rows.Mask(block.FirstRow, block.Rows), cancellationToken).ConfigureAwait(false);
        }

        progress?.Report(new ReductionProgress(pairs, pairs));
        var arrays = await sink.CompleteAsync(cancellationToken).ConfigureAwait(false);
        return new ReductionResult(arrays, call.Output?.Path, plan.Batches * plan.Rows, pairs, clock.Elapsed) { PlanHash = plan.Hash };
    }

    internal override async Task<long> CountRowsAsync(CloudSpec cloud, CancellationToken cancellationToken)
    {
        await using var opened = await PointCloud.OpenAsync(cloud, new CloudOptions(), cancellationToken).ConfigureAwait(false);
        return opened.RowCount;
    }

    public override ValueTask DisposeAsync()
    {
        _threads.Dispose();
        foreach (var lane in _gpus.Values.Where(lane => lane.IsValueCreated)) lane.Value.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens a GPU, or finds it open; errors are not remembered.</summary>
    internal CudaLane OpenGpu(int device)
    {
        var lane = _gpus.GetOrAdd(device, number => new(() => new CudaLane(number)));
        try
        {
            return lane.Value;
        }
        catch
        {
            _gpus.TryRemove(new(device, lane));
            throw;
        }
    }

    ITaskRunner Runner(ReductionCall call, BoundReduction reduction)
    {
        var options = new DeviceOptions(call.Options.Backend, call.Options.DeviceId);
        if (!options.IsGpu && (options.IsCpu || gpu is null))
        {
            options.RequireCpu();
            return new TaskRunner(reduction, _threads);
        }

        return new CudaTaskRunner(reduction, OpenGpu(options.DeviceId >= 0 ? options.DeviceId : gpu ?? 0));
    }

    static async Task<T> Follow<T>(Task<T> task, ITaskRunner runner, double pairs, IProgress<ReductionProgress>? progress)
    {
        while (progress is not null && await Task.WhenAny(task, Task.Delay(ProgressInterval)).ConfigureAwait(false) != task)
            progress.Report(new ReductionProgress(runner.PairsDone, pairs));
        return await task.ConfigureAwait(false);
    }
}
