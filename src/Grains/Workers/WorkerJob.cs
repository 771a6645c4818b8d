using System.Diagnostics;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains;

/// <summary>A job as one worker carries it out: its data, and how states become blocks.
/// Uses the lane's threads; the caller has its turn.</summary>
sealed class WorkerJob(string job, JobData data, DeviceLane lane, BlockStore blocks, string engineId) : IAsyncDisposable
{
    readonly TaskRunner _runner = new(data.Reduction, lane.Threads);

    public JobData Data => data;

    /// <summary>Computes a part of the plan.</summary>
    public async Task<TaskReceipt> RunAsync(PlanTask slot, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var before = _runner.PairsDone;
        using var states = await _runner.RunAsync(slot, cancellationToken).ConfigureAwait(false);
        return await KeepAsync(slot, states, _runner.PairsDone - before, clock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Merges the states of a node's children.</summary>
    public async Task<TaskReceipt> MergeAsync(
        PlanTask slot, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        using var states = Load(slot, left);
        using var other = Load(slot, right);
        await lane.ComputeAsync(() =>
        {
            states.Merge(other);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        return await KeepAsync(slot, states, 0, clock, cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        _runner.Dispose();
        await data.DisposeAsync().ConfigureAwait(false);
    }

    PartialStates Load(PlanTask slot, ReadOnlyMemory<byte> bytes)
    {
        var (firstRow, rows) = data.Reduction.Plan.RowsOf(slot.FirstBlock, slot.Blocks);
        var states = new PartialStates(data.Reduction.Kernel, firstRow, (int)rows);
        bytes.Span.CopyTo(states.Bytes);
        return states;
    }

    /// <summary>The state of all leaves is kept as results, that of some of them as it is.</summary>
    async Task<TaskReceipt> KeepAsync(
        PlanTask slot, PartialStates states, double pairs, Stopwatch clock, CancellationToken cancellationToken)
    {
        var block = await lane.ComputeAsync(() =>
        {
            var bytes = slot.Node == data.Reduction.Plan.Root
                ? Concatenate(data.MapIndices(states.Finalize(data.Compiled.Type)))
                : states.Bytes.ToArray();
            return blocks.Put(job, $"{slot.Batch}/{slot.FirstBlock}+{slot.Blocks}/{slot.Node}", bytes);
        }, cancellationToken).ConfigureAwait(false);
        return new TaskReceipt(slot, engineId, block, states.Rows, pairs, clock.Elapsed);
    }

    /// <summary>The columns one after the other and, where output rows may be null, which of them are not.</summary>
    byte[] Concatenate(ResultBlock block)
    {
        IReadOnlyList<byte[]> parts = data.Rows.WholeRows is null ? block.Columns : [.. block.Columns, Validity(block)];
        if (parts.Count == 1) return parts[0];
        var bytes = GC.AllocateUninitializedArray<byte>(parts.Sum(c => c.Length));
        var at = 0;
        foreach (var column in parts)
        {
            column.CopyTo(bytes, at);
            at += column.Length;
        }

        return bytes;
    }

    byte[] Validity(ResultBlock block) =>
        (data.Rows.Mask(block.FirstRow, block.Rows) ?? RowMask.Create(block.FirstRow, block.Rows, _ => true)).ToBytes();
}
