using System.Collections.Concurrent;
using System.Diagnostics;
using Distributed.Keops.Contracts;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Grains;

/// <summary>
/// A job as one worker carries it out: its data, and how states become blocks. Arithmetic is done on the lane, in its turn; what is kept,
/// and where, is the business of the pool's threads. Safe for several concurrent calls.
/// </summary>
/// <param name="job">The job's name.</param>
/// <param name="data">Its data; owned.</param>
/// <param name="lane">What computes.</param>
/// <param name="blocks">Holds states, and results that are fetched.</param>
/// <param name="memory">How much the task may hold.</param>
/// <param name="staging">Where results wait for their output; null when there is none.</param>
/// <param name="engineId">What decides the bits.</param>
sealed class WorkerJob(
    string job, JobData data, DeviceLane lane, BlockStore blocks, DataMemory memory, JobStaging? staging, string engineId)
    : IAsyncDisposable
{
    readonly TaskRunner _runner = new(data.Reduction, lane.Threads, memory.Leaves);
    readonly SegmentWriter? _segment = staging?.CreateSegment(blocks.Incarnation);
    readonly ConcurrentDictionary<PlanTask, TaskReceipt> _held = [];

    public JobData Data => data;

    /// <summary>What this process alone holds.</summary>
    public IReadOnlyList<TaskReceipt> Held =>
    [
        .. _held.Values.OrderBy(r => r.Slot.Batch).ThenBy(r => r.Slot.FirstBlock).ThenBy(r => r.Slot.Node.FirstLeaf),
    ];

    /// <summary>Looks what stands in the lake for the job's output.</summary>
    public IReadOnlyList<TaskReceipt> ListStaged() => staging?.List() ?? [];

    /// <summary>Computes a part of the plan.</summary>
    public async Task<TaskReceipt> RunAsync(PlanTask slot, CancellationToken cancellationToken)
    {
        var computed = await lane.RunAsync(async token =>
        {
            var clock = Stopwatch.StartNew();
            var before = _runner.PairsDone;
            using var states = await _runner.RunAsync(slot, token).ConfigureAwait(false);
            var bytes = await lane.ComputeAsync(() => Finish(slot, states), token).ConfigureAwait(false);
            return new Computed(bytes, states.Rows, _runner.PairsDone - before, clock.Elapsed);
        }, cancellationToken).ConfigureAwait(false);
        return await KeepAsync(slot, computed, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Merges the states of a node's children.</summary>
    public async Task<TaskReceipt> MergeAsync(
        PlanTask slot, ReadOnlyMemory<byte> left, ReadOnlyMemory<byte> right, CancellationToken cancellationToken)
    {
        var merged = await lane.RunAsync(token =>
        {
            var clock = Stopwatch.StartNew();
            return lane.ComputeAsync(() =>
            {
                using var states = Load(slot, left);
                using var other = Load(slot, right);
                states.Merge(other);
                return new Computed(Finish(slot, states), states.Rows, 0, clock.Elapsed);
            }, token);
        }, cancellationToken).ConfigureAwait(false);
        return await KeepAsync(slot, merged, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The bytes of a block that stands in the lake.</summary>
    public Task<ReadOnlyMemory<byte>> ReadStagedAsync(BlockReference block, CancellationToken cancellationToken) =>
        staging?.ReadAsync(block, cancellationToken) ?? throw KeopsFaultException.Lost(block, "the job has no output.");

    public async ValueTask DisposeAsync()
    {
        _runner.Dispose();
        if (_segment is not null) await _segment.DisposeAsync().ConfigureAwait(false);
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
    byte[] Finish(PlanTask slot, PartialStates states) =>
        IsRoot(slot) ? Concatenate(states.Finalize(data.Compiled.Type, data.RowNumbers)) : states.Bytes.ToArray();

    async Task<TaskReceipt> KeepAsync(PlanTask slot, Computed computed, CancellationToken cancellationToken)
    {
        var name = $"{slot.Batch}/{slot.FirstBlock}+{slot.Blocks}/{slot.Node}";
        if (_segment is not null && IsRoot(slot))
        {
            var receipt = Receipt(new BlockReference(blocks.TicketFor(job, name), null));
            return await staging!.PutAsync(_segment, receipt, computed.Bytes, cancellationToken).ConfigureAwait(false);
        }

        return _held[slot] = Receipt(blocks.Put(job, name, computed.Bytes));

        TaskReceipt Receipt(BlockReference block) => new(slot, engineId, block, computed.Rows, computed.Pairs, computed.Elapsed);
    }

    bool IsRoot(PlanTask slot) => slot.Node == data.Reduction.Plan.Root;

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

    readonly record struct Computed(byte[] Bytes, int Rows, double Pairs, TimeSpan Elapsed);
}
