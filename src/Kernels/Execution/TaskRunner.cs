using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Carries out parts of a bound reduction on this machine's threads. The local engine and the workers of a cluster run the same. The
/// bits of the result depend on the plan alone: a state belongs to one tile and one node, and is merged in the order of its leaves.
/// </summary>
/// <param name="reduction">What is computed.</param>
/// <param name="threads">Where.</param>
/// <param name="leafBytes">How much of the reduced rows is in work at once, but at least one leaf; as much is read ahead. Default: 256
/// MiB.</param>
public sealed partial class TaskRunner(
    BoundReduction reduction, ComputeThreads threads, long leafBytes = 256L << 20) : ITaskRunner
{
    // Units of work to a thread, so that the last ones do not leave the others idle for long.
    const int UnitsPerThread = 4;
    const int MaxLeavesAtOnce = 16;

    readonly CpuWorkspace[] _workspaces = [.. Enumerable.Range(0, threads.Count).Select(_ => reduction.Kernel.CreateWorkspace())];
    long _pairsDone;

    /// <inheritdoc/>
    public long PairsDone => Interlocked.Read(ref _pairsDone);

    /// <inheritdoc/>
    public async Task<PartialStates> RunAsync(PlanTask task, CancellationToken cancellationToken)
    {
        var (firstRow, rows) = reduction.Plan.RowsOf(task.FirstBlock, task.Blocks);
        var batch = reduction.Batches[task.Batch];
        var states = new PartialStates(reduction.Kernel, firstRow, checked((int)rows));
        try
        {
            using var parameters = ParameterRecord(batch.Parameters.Span);
            using var i = await Windows.OpenAsync(batch.I, firstRow, (int)rows, cancellationToken).ConfigureAwait(false);
            if (reduction.Pairs is null) await RunDenseAsync(task, batch, i, parameters, states, cancellationToken).ConfigureAwait(false);
            else await RunRangesAsync(task, batch, i, parameters, states, cancellationToken).ConfigureAwait(false);
            return states;
        }
        catch
        {
            states.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var workspace in _workspaces) workspace.Dispose();
    }

    async Task RunDenseAsync(
        PlanTask task, BatchData batch, Windows i, AlignedBuffer parameters, PartialStates states, CancellationToken cancellationToken)
    {
        var plan = reduction.Plan;
        var firstLeaf = task.Node.FirstLeaf;
        var leaves = task.Node.LeafCount(plan.Leaves);
        var atOnce = LeavesAtOnce(states.Tiles, batch);
        using var pool = new StatePool(reduction.Kernel.TileStateBytes);
        var stacks = Enumerable.Range(0, states.Tiles).Select(_ => new TileStack(reduction.Kernel, pool)).ToArray();
        var group = await LoadAsync(0).ConfigureAwait(false);
        for (long done = 0; done < leaves;)
        {
            var current = group;
            done += current.Length;
            // The next leaves are read while these are computed.
            var next = LoadAsync(done).AsTask();
            try
            {
                var fresh = new StateTile[states.Tiles * current.Length];
                await threads.RunAsync(fresh.Length, (unit, worker) =>
                {
                    var (tile, leaf) = (unit / current.Length, unit % current.Length);
                    fresh[unit] = ReduceTile(states, i, tile, current[leaf], parameters, pool, _workspaces[worker]);
                }, cancellationToken).ConfigureAwait(false);
                // Which thread merges does not matter; the order in a tile's stack does.
                await threads.RunAsync(states.Tiles, (tile, worker) =>
                {
                    for (var leaf = 0; leaf < current.Length; leaf++)
                        stacks[tile].Push(fresh[tile * current.Length + leaf], _workspaces[worker]);
                }, cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await CloseAsync(next).ConfigureAwait(false);
                throw;
            }
            finally
            {
                foreach (var leaf in current) leaf.Dispose();
            }

            group = await next.ConfigureAwait(false);
        }

        for (var tile = 0; tile < stacks.Length; tile++) Keep(stacks[tile].Collapse(_workspaces[0]), states, tile);

        async ValueTask<Leaf[]> LoadAsync(long from)
        {
            var count = (int)Math.Min(atOnce, leaves - from);
            var loaded = new Leaf[Math.Max(0, count)];
            try
            {
                for (var l = 0; l < count; l++)
                {
                    var first = (firstLeaf + from + l) * plan.LeafRows;
                    var rows = (int)Math.Min(plan.LeafRows, plan.Columns - first);
                    loaded[l] = await Leaf.LoadAsync(reduction.Kernel, batch, first, rows, parameters, cancellationToken)
                        .ConfigureAwait(false);
                }
            }
            catch
            {
                foreach (var leaf in loaded) leaf?.Dispose();
                throw;
            }

            return loaded;
        }
    }

    /// <summary>Closes leaves that were read ahead and are not needed after an error, which is the one to be thrown.</summary>
    static async Task CloseAsync(Task<Leaf[]> reading)
    {
        await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!reading.IsCompletedSuccessfully) return;
        foreach (var leaf in await reading.ConfigureAwait(false)) leaf.Dispose();
    }

    int LeavesAtOnce(int tiles, BatchData batch)
    {
        var wanted = Math.Max(1, (UnitsPerThread * threads.Count + tiles - 1) / Math.Max(1, tiles));
        var oneLeaf = Math.Max(
            1, (long)reduction.Plan.LeafRows * (batch.J.Sum(s => s.Dim * s.Type.Size()) + reduction.Kernel.ComputedJBytes));
        return (int)Math.Clamp(Math.Min(wanted, leafBytes / oneLeaf), 1, MaxLeavesAtOnce);
    }

    unsafe StateTile ReduceTile(
        PartialStates states, Windows i, int tile, Leaf leaf, AlignedBuffer parameters, StatePool pool, CpuWorkspace workspace)
    {
        var kernel = reduction.Kernel;
        var first = tile * CpuReduction.TileRows;
        var rows = Math.Min(CpuReduction.TileRows, states.Rows - first);
        var state = pool.Rent();
        kernel.Clear(state.Pointer);
        var iSources = stackalloc byte*[i.Count + 1];
        var jSources = stackalloc byte*[leaf.Count + 1];
        i.At(first, iSources);
        leaf.At(0, jSources);
        kernel.Reduce(iSources, rows, jSources, leaf.Rows, leaf.FirstRow, parameters.Pointer, state.Pointer, workspace);
        Interlocked.Add(ref _pairsDone, (long)rows * leaf.Rows);
        return state;
    }

    unsafe void Keep(StateTile? state, PartialStates states, int tile)
    {
        if (state is null) return;
        var bytes = reduction.Kernel.TileStateBytes;
        Buffer.MemoryCopy(state.Pointer, states.Tile(tile), bytes, bytes);
    }

    unsafe AlignedBuffer ParameterRecord(ReadOnlySpan<byte> values)
    {
        var record = new AlignedBuffer(reduction.Kernel.ParameterBytes);
        values.CopyTo(new Span<byte>(record.Pointer, (int)record.Bytes));
        reduction.Kernel.ComputeParameters(record.Pointer);
        return record;
    }
}
