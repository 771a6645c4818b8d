using System.Runtime.InteropServices;
using Distributed.Keops.Kernels.Cuda;
using Distributed.Keops.Kernels.Cuda.Driver;
using Distributed.Keops.Kernels.Cuda.Emission;
using Distributed.Keops.Kernels.Plans;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// A task on a GPU: its rows and states in device memory. All calls come from the lane's thread; they return when the work is queued, but
/// no more than two groups of leaves are under way.
/// <code>
/// copy stream     rows of group 1 ─┐  rows of group 2 ─┐
/// compute stream                   └▶ reduce, merge    └▶ reduce, merge
/// </code>
/// </summary>
sealed unsafe class CudaTask : IDisposable
{
    readonly CudaEngine _engine;
    readonly CudaReduction _kernels;
    readonly CudaStream _copies;
    readonly CudaStream _stream;
    readonly CudaEvent _copied;
    readonly CudaEvent _taken;
    readonly CudaEvent[] _done;
    readonly CudaArguments _arguments;
    readonly List<DeviceBuffer> _kept = [];
    readonly MergeStack<TaskStates> _stack;
    readonly int _tiles;
    DeviceBuffer? _j;
    long _groups;

    /// <summary>Copies a task's output rows to the device, and computes what depends on them alone.</summary>
    public CudaTask(CudaEngine engine, BoundReduction reduction, PartialStates states, ReadOnlySpan<byte> parameters, Windows i)
    {
        (_engine, _kernels, Rows, _tiles) = (engine, engine.Compile(reduction.Kernel.Program), states.Rows, states.Tiles);
        var context = engine.Context;
        (_copies, _stream) = (context.CreateStream(), context.CreateStream());
        (_copied, _taken, _done) = (context.CreateEvent(), context.CreateEvent(), [context.CreateEvent(), context.CreateEvent()]);
        _arguments = _kernels.Arguments();
        _stack = new MergeStack<TaskStates>(Merge);
        try
        {
            var program = _kernels.Program;
            var size = program.Type.Size();
            var record = Keep(_stream, (long)program.Hoisted.ParameterLength * size);
            fixed (byte* values = parameters) _stream.Upload(record, 0, values, parameters.Length);
            _arguments.Parameters = record;
            _arguments.Stride = Rows;
            _arguments.Slot = SlotBytes / sizeof(double);
            _kernels.PrepareParameters(_stream, _arguments);
            var rows = Upload(i, Rows);
            var records = Keep(_stream, (long)program.Hoisted.ILength * Rows * size);
            _arguments.I = records;
            _kernels.PrepareI(_stream, _arguments, Rows);
            Release(rows);
            // Rows are the caller's, and may go when this returns.
            _copies.Synchronize();
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Output rows.</summary>
    public int Rows { get; }

    /// <summary>Output rows of a block.</summary>
    public int BlockRows => _kernels.BlockRows;

    /// <summary>Bytes of a reduced row's record.</summary>
    public int JBytes => _kernels.JBytes;

    /// <summary>Bytes of the states of all rows.</summary>
    public long SlotBytes => (long)_tiles * MemoryState.TileRows * _kernels.Program.Monoid.Words * sizeof(double);

    /// <summary>Copies reduced rows to the device in place of those before; the windows may be closed when this returns.</summary>
    public void TakeRows(Windows j, long firstRow, int rows)
    {
        var raw = Upload(j, rows);
        _j?.Dispose();
        _j = _engine.Context.Allocate(_stream, Math.Max(1, (long)rows * JBytes));
        _arguments.J = _j;
        _arguments.Base = firstRow;
        _kernels.PrepareJ(_stream, _arguments, rows);
        Release(raw);
        _copies.Synchronize();
    }

    /// <summary>Reduces leaves of the rows at hand, and merges their states with those before.</summary>
    /// <returns>The pairs.</returns>
    public long Reduce(LeafItems leaves)
    {
        using var slots = _engine.Context.Allocate(_stream, Math.Max(1, leaves.Leaves * SlotBytes));
        _arguments.State = new(slots, 0);
        _kernels.Clear(_stream, _arguments, (long)leaves.Leaves * _tiles * MemoryState.TileRows);
        var spread = SpreadItems.Of(leaves, Rows, _kernels.ActiveBlocks * _engine.Device.Multiprocessors);
        using (var items = Upload<WorkItem>([.. spread.Items]))
        using (var pieces = Upload<LeafPiece>([.. leaves.Pieces]))
        using (var segments = spread.SlotsOfLeaf > 1 ? _engine.Context.Allocate(_stream, leaves.Leaves * spread.SlotsOfLeaf * SlotBytes) : null)
        {
            (_arguments.Items, _arguments.Pieces) = (items, pieces);
            if (segments is not null)
            {
                _arguments.State = new(segments, 0);
                _kernels.Clear(_stream, _arguments, (long)leaves.Leaves * spread.SlotsOfLeaf * _tiles * MemoryState.TileRows);
            }

            _kernels.Run(_stream, _arguments, spread.Items.Count);
            for (var leaf = 0; segments is not null && leaf < leaves.Leaves; leaf++)
                MergeSlots(new(slots, leaf * SlotBytes), new(segments, (long)leaf * spread.SlotsOfLeaf * SlotBytes), spread.UsedOf(leaf), true);
        }

        var fresh = Enumerable.Range(0, leaves.Leaves).Select(leaf => new TaskStates(new(slots, leaf * SlotBytes))).ToList();
        foreach (var states in fresh) _stack.Push(states);
        foreach (var states in fresh.Where(s => !s.IsMerged)) MoveOut(states);
        var done = _done[_groups++ % _done.Length];
        _stream.Record(done);
        if (_groups > 1) _done[_groups % _done.Length].Synchronize();
        return leaves.Items.Sum(i => i.Pairs);
    }

    /// <summary>Copies the states of all leaves back.</summary>
    public void Finish(PartialStates states)
    {
        if (_stack.TryCollapse(out var all)) _stream.Download(states.Tile(0), all!.Slot.Buffer, all.Slot.Offset, SlotBytes);
        _stream.Synchronize();
    }

    /// <summary>Waits until the device has done what it was given, and gives the memory back.</summary>
    public void Dispose()
    {
        _copies.Synchronize();
        _stream.Synchronize();
        while (_stack.TryCollapse(out var states)) states!.Own?.Dispose();
        _j?.Dispose();
        foreach (var buffer in _kept) buffer.Dispose();
        foreach (var done in _done) done.Dispose();
        _copied.Dispose();
        _taken.Dispose();
        _stream.Dispose();
        _copies.Dispose();
    }

    DeviceBuffer Keep(CudaStream stream, long bytes)
    {
        var buffer = _engine.Context.Allocate(stream, Math.Max(1, bytes));
        _kept.Add(buffer);
        return buffer;
    }

    /// <summary>Copies rows on the copy stream, for which the compute stream waits.</summary>
    List<DeviceBuffer> Upload(Windows windows, int rows)
    {
        var buffers = new List<DeviceBuffer>();
        var first = stackalloc byte*[windows.Count + 1];
        windows.At(0, first);
        for (var s = 0; s < windows.Count; s++)
        {
            var bytes = windows.RowBytes(s) * rows;
            var buffer = _engine.Context.Allocate(_copies, Math.Max(1, bytes));
            buffers.Add(buffer);
            if (bytes > 0) _copies.Upload(buffer, 0, first[s], bytes);
            _arguments.SetSource(s, buffer);
        }

        _copies.Record(_copied);
        _stream.Wait(_copied);
        return buffers;
    }

    /// <summary>Gives rows back once the compute stream has read them.</summary>
    void Release(List<DeviceBuffer> rows)
    {
        _stream.Record(_taken);
        _copies.Wait(_taken);
        foreach (var buffer in rows) buffer.Dispose();
    }

    DeviceBuffer Upload<T>(ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        var buffer = _engine.Context.Allocate(_stream, Math.Max(1, bytes.Length));
        fixed (byte* first = bytes)
        {
            if (bytes.Length > 0) _stream.Upload(buffer, 0, first, bytes.Length);
        }

        return buffer;
    }

    TaskStates Merge(TaskStates left, TaskStates right)
    {
        MergeSlots(left.Slot, right.Slot, 1, false);
        right.IsMerged = true;
        right.Own?.Dispose();
        return left;
    }

    void MergeSlots(StateSlot into, StateSlot from, int count, bool replace)
    {
        (_arguments.State, _arguments.Other, _arguments.Count, _arguments.First) = (into, from, count, replace);
        _kernels.Merge(_stream, _arguments, (long)_tiles * MemoryState.TileRows);
    }

    /// <summary>States that outlive their group get memory of their own.</summary>
    void MoveOut(TaskStates states)
    {
        states.Own = _engine.Context.Allocate(_stream, SlotBytes);
        _stream.Copy(states.Own, 0, states.Slot.Buffer, states.Slot.Offset, SlotBytes);
        states.Slot = new(states.Own, 0);
    }

    /// <summary>The states of the task's rows over a node of leaves.</summary>
    sealed class TaskStates(StateSlot slot)
    {
        public StateSlot Slot { get; set; } = slot;

        /// <summary>The memory that is theirs alone.</summary>
        public DeviceBuffer? Own { get; set; }

        /// <summary>Whether they went into those on their left.</summary>
        public bool IsMerged { get; set; }
    }
}
