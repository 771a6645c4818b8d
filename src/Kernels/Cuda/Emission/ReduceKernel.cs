using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>
/// The kernel of pairs. A block takes a work item: some output rows × a run of a leaf's reduced rows.
/// <code>
///   for each segment of the run                     2048 rows: the unit that may be reduced by another block
///     for each tile                                 copied to shared memory, read by all threads
///       for each reduced row, each row of a thread  F, taken into a state of the element type
///       that state into a float64 one               where adding rounds; else once a segment
///     that state into the leaf's, in memory
/// </code>
/// </summary>
sealed class ReduceKernel(CudaText text, ReductionProgram program, CudaSchedule schedule)
{
    /// <summary>Reduced rows whose states are merged on their own, so that few output rows can be spread over many blocks.</summary>
    public const int SegmentRows = 2048;

    readonly CudaNumbers _numbers = CudaNumbers.Of(program.Type);
    readonly Monoid _monoid = program.Monoid;
    readonly bool _rounds = program.Monoid.RoundsWhileAccumulating;

    bool IsList => _monoid.Entries > 0;

    string RowLoop => $"for (int t = 0; t < {schedule.RowsPerThread}; ++t)";

    StateCells Block => new(_monoid, (p, c) => $"s{p}[t][{c}]");

    StateCells Wide => new(_monoid, (p, c) => $"w{p}[t][{c}]");

    public void Write()
    {
        using var kernel = text.Block($"KEOPS_KERNEL(reduce, {schedule.Threads})");
        if (schedule.JInShared) text.Line($"KEOPS_SHARED({_numbers.Real}, tile, {schedule.TileRows * CudaSchedule.JStride(program)});");
        text.Line("const Item item = a.items[blockIdx.x];");
        text.Line($"int row[{schedule.RowsPerThread}];");
        WriteRows(() =>
        {
            // Threads without a row of their own repeat the last: they help with the tiles, and write nothing.
            text.Line($"const int r = t * {schedule.Threads} + (int)threadIdx.x;");
            text.Line("row[t] = item.row + (r < item.rows ? r : item.rows - 1);");
        });
        WriteI();
        Declare("s", _numbers);
        if (_rounds) Declare("w", CudaNumbers.OfStates);
        if (!_rounds) WriteRows(() => Block.Fill(text, (p, _) => _numbers.Identity(_monoid.Parts[p])));
        if (_rounds)
        {
            using (text.Block($"for (int segment = item.from; segment < item.to; segment += {SegmentRows})"))
            {
                text.Line($"const int end = segment + {SegmentRows} < item.to ? segment + {SegmentRows} : item.to;");
                WriteRows(() =>
                {
                    Block.Fill(text, (p, _) => _numbers.Identity(_monoid.Parts[p]));
                    Wide.Fill(text, (p, _) => CudaNumbers.OfStates.Identity(_monoid.Parts[p]));
                });
                WriteTiles("segment", "end");
                WriteToMemory("segment == item.from", (p, at) => $"w{p}[t][{at}]");
            }
        }
        else
        {
            WriteTiles("item.from", "item.to");
            WriteToMemory("true", Widened);
        }
    }

    void WriteI()
    {
        if (!schedule.IInRegisters || program.Hoisted.ILength == 0) return;
        text.Line($"{_numbers.Real} x[{schedule.RowsPerThread}][{program.Hoisted.ILength}];");
        WriteRows(() => ComponentLoops.Write(
            text, program.Hoisted.ILength, [], descending: false, at => text.Line($"x[t][{at}] = a.i[({at}) * a.stride + row[t]];")));
    }

    void Declare(string prefix, CudaNumbers numbers)
    {
        for (var p = 0; p < _monoid.Parts.Length; p++)
            text.Line($"{numbers.NameOf(_monoid.Parts[p].Type)} {prefix}{p}[{schedule.RowsPerThread}][{_monoid.Parts[p].Length}];");
    }

    void WriteRows(Action body)
    {
        text.Line("#pragma unroll");
        using (text.Block(RowLoop)) body();
    }

    void WriteTiles(string from, string to)
    {
        using var tiles = text.Block($"for (int first = {from}; first < {to}; first += {schedule.TileRows})");
        text.Line($"const int n = first + {schedule.TileRows} < {to} ? {schedule.TileRows} : {to} - first;");
        var stride = CudaSchedule.JStride(program);
        if (schedule.JInShared)
        {
            // Nobody may still read what is written over.
            text.Line("__syncthreads();");
            using (text.Block($"for (int e = threadIdx.x; e < n * {stride}; e += {schedule.Threads})"))
                text.Line($"tile[e] = a.j[keops_row(a, item, first + e / {stride}) * {stride} + e % {stride}];");
            text.Line("__syncthreads();");
        }

        WritePairs();
        if (!_rounds) return;
        WriteRows(() =>
        {
            new StateMerge(text, program).Write(Wide, Widened);
            Block.Fill(text, (p, _) => _numbers.Identity(_monoid.Parts[p]), part => !part.Stays);
        });
    }

    void WritePairs()
    {
        text.Line("int j = 0;");
        if (schedule.Copies > 1)
        {
            text.Line($"#pragma unroll {schedule.Unroll}");
            using (text.Block($"for (; j + {schedule.Copies} <= n; j += {schedule.Copies})")) WriteGroup(schedule.Copies);
            text.Line("#pragma unroll 1");
        }
        else
        {
            text.Line($"#pragma unroll {schedule.Unroll}");
        }

        using (text.Block("for (; j < n; ++j)")) WriteGroup(1);
    }

    /// <summary>Some reduced rows, taken in by each row of the thread.</summary>
    void WriteGroup(int copies)
    {
        if (!schedule.JInShared)
        {
            for (var copy = 0; copy < copies; copy++)
                text.Line($"const {_numbers.Real}* y{copy} = a.j + keops_row(a, item, first + j + {copy}) * {CudaSchedule.JStride(program)};");
        }

        WriteRows(() =>
        {
            ValueEmitter[] pairs = [.. Enumerable.Range(0, copies).Select(copy =>
                new ValueEmitter(text, program.Hoisted.Pairs, _numbers, new PairLeaves(program.Hoisted, I, at => J(copy, at))))];
            var items = new PairItems(text, pairs, copy => $"(first + j + {copy})");
            items.Write(_numbers);
            if (IsList) WriteIntoLists(copies, items);
            else WriteIntoState(copies, items);
        });
    }

    void WriteIntoState(int copies, PairItems items)
    {
        var leaves = new StateLeaves(Block, null, items);
        if (program.Guard(copies) is not { } guard)
        {
            Accumulate(program.Accumulate(copies), leaves);
            return;
        }

        using (text.Block($"if ({Test(guard, leaves)})")) Accumulate(program.Accumulate(copies), leaves);
        using (text.Block("else")) Accumulate(program.AccumulateCommon(copies), leaves);
    }

    void WriteIntoLists(int copies, PairItems items)
    {
        var breaks = new List<int>();
        for (var copy = 0; copy < copies; copy++) items.AddBreaks(0, copy, 0, breaks);
        ComponentLoops.Write(text, Block.Lists, breaks, descending: false, list =>
        {
            items.List = list;
            var leaves = new StateLeaves(Block.OfList(list), null, items);
            using (text.Block(copies == 1 ? "" : $"if ({Test(program.Guard(copies)!, leaves)})"))
            {
                for (var copy = 0; copy < copies; copy++)
                {
                    var one = leaves with { Items = new OneItem(items, copy) };
                    using (text.Block($"if ({Test(program.Guard(1)!, one)})")) Accumulate(program.Accumulate(1), one);
                }
            }
        });
    }

    string Test(Program guard, StateLeaves leaves)
    {
        var emitter = new ValueEmitter(text, guard, _numbers, leaves);
        emitter.WriteKept();
        return emitter.Component(guard.Outputs[0], new At(0));
    }

    void Accumulate(Program fragment, StateLeaves leaves)
    {
        var emitter = new ValueEmitter(text, fragment, _numbers, leaves);
        emitter.WriteKept();
        leaves.State.Assign(text, _numbers, emitter);
    }

    /// <summary>Puts the segment's state into the leaf's in memory: it is the leaf's first, or goes behind what is there.</summary>
    void WriteToMemory(string isFirst, Func<int, At, string> state)
    {
        WriteRows(() =>
        {
            using var own = text.Block($"if (t * {schedule.Threads} + (int)threadIdx.x < item.rows)");
            MemoryState.Declare(text, "out", "a.state + item.slot * a.slot", "row[t]", _monoid.Words);
            var memory = MemoryState.Cells(_monoid, "out");
            using (isFirst == "true" ? text.Block("") : text.Block($"if ({isFirst})")) memory.Fill(text, state);
            if (isFirst == "true") return;
            using (text.Block("else")) new StateMerge(text, program).Write(memory, state);
        });
    }

    /// <summary>A component of the block's state as the states between leaves have it.</summary>
    string Widened(int part, At at) => _monoid.Parts[part].Type == ComponentType.Index
        ? $"keops_row_number(a, item, {Block.Cell(part, at.ToString())})"
        : $"(double){Block.Cell(part, at.ToString())}";

    string I(At at) => schedule.IInRegisters ? $"x[t][{at}]" : $"a.i[({at}) * a.stride + row[t]]";

    string J(int copy, At at) =>
        schedule.JInShared ? $"tile[(j + {copy}) * {CudaSchedule.JStride(program)} + {at}]" : $"y{copy}[{at}]";

    /// <summary>One of several items, as the only one.</summary>
    sealed class OneItem(IItems items, int copy) : IItems
    {
        public string Component(int slot, int only, At at) => items.Component(slot, copy, at);

        public string Index(int only) => items.Index(copy);

        public void AddBreaks(int slot, int only, int shift, List<int> breaks) => items.AddBreaks(slot, copy, shift, breaks);

        public void EndComponent() => items.EndComponent();
    }
}
