using System.Reflection.Emit;
using Distributed.Keops.Kernels.Programs;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits the values of a program for a tile of <c>rows × vectors</c> pairs: one cell for every component, reduced row j and i-vector t.
/// First <see cref="EmitKept"/>, which goes through the kept values and, for each, through all cells of the tile; then
/// <see cref="Push"/> for whatever is wanted of the outputs.
/// </summary>
sealed class CellEmitter(
    IlBuffer il, Isa isa, VectorCode code, Program program, Materialization places, ILeafSource leaves,
    ScratchSpace scratch, int rows, int vectors, int unroll)
{
    readonly Dictionary<Value, IlLocal[]> _cells = [];

    /// <summary>The i-vectors of the tile.</summary>
    public int Vectors => vectors;

    readonly Dictionary<Value, int> _scratch = [];
    readonly Dictionary<(Value Value, Component Component, int J, int T), IlLocal> _shared = [];

    /// <summary>Computes the kept values, and gives back the registers of those that no later one and no output needs.</summary>
    public void EmitKept()
    {
        var lastReader = LastReaders();
        for (var position = 0; position < places.Kept.Count; position++)
        {
            var value = places.Kept[position];
            if (places[value] == Place.Scratch) EmitToScratch(value);
            else if (value.IsFold) EmitFold(value);
            else EmitToRegisters(value);
            foreach (var (dead, _) in lastReader.Where(l => l.Value == position)) Release(dead);
        }
    }

    /// <summary>Gives back every register still held.</summary>
    public void Release()
    {
        foreach (var value in _cells.Keys.ToArray()) Release(value);
    }

    /// <summary>Gives back the registers of what is kept while one component is worked on: it is done.</summary>
    public void EndComponent()
    {
        foreach (var local in _shared.Values) il.Release(local);
        _shared.Clear();
    }

    /// <summary>Runs <paramref name="body"/> for every component: one after the other, or by
    /// loops where there are more than the unroll limit.</summary>
    public void ForEachComponent(int length, IEnumerable<Value> read, bool descending, Action<Component> body)
    {
        if (length <= unroll)
        {
            for (var k = 0; k < length; k++) body(new Component(descending ? length - 1 - k : k));
            return;
        }

        var breaks = new SortedSet<int> { 0, length };
        foreach (var value in read) AddBreaks(value, 0, breaks);
        var edges = breaks.Where(b => b >= 0 && b <= length).ToArray();
        for (var s = 0; s < edges.Length - 1; s++)
        {
            var segment = descending ? edges.Length - 2 - s : s;
            var (from, to) = (edges[segment], edges[segment + 1]);
            if (to - from <= 2)
            {
                for (var k = 0; k < to - from; k++) body(new Component(descending ? to - 1 - k : from + k));
                continue;
            }

            var loop = new ComponentLoop(il, from, to, descending);
            body(new Component(0, loop));
            loop.End();
        }
    }

    /// <summary>Puts one component of a value on the evaluation stack.</summary>
    public void Push(Value value, Component component, int j, int t)
    {
        if (value.Length == 1) component = new Component(0);
        if (value.Op == OpCode.Constant) code.Number(value.Number);
        else if (leaves.IsLeaf(value)) leaves.Push(value, component, j, t);
        else if (_cells.TryGetValue(value, out var cells)) il.Load(cells[Cell(component.Offset, j, t)]);
        else if (_scratch.TryGetValue(value, out var offset)) PushScratch(offset, component, j, t);
        else if (places[value] == Place.Component) PushShared(value, component, j, t);
        else PushExpression(value, component, j, t);
    }

    /// <summary>Where a loop over the components must stop because another operand takes over.</summary>
    public void AddBreaks(Value value, int shift, SortedSet<int> breaks)
    {
        if (value.Length == 1 || _scratch.ContainsKey(value)) return;
        if (leaves.IsLeaf(value))
        {
            leaves.AddBreaks(value, shift, breaks);
            return;
        }

        if (_cells.ContainsKey(value))
        {
            // Registers can't be numbered by a running index.
            for (var k = 0; k <= value.Length; k++) breaks.Add(shift + k);
            return;
        }

        switch (value.Op)
        {
            case OpCode.Extract:
                AddBreaks(value.Operands[0], shift - value.Start, breaks);
                break;
            case OpCode.Gather:
                for (var k = 0; k < value.Length; k++) breaks.Add(shift + k);
                break;
            case OpCode.Concat:
                var start = shift;
                foreach (var part in value.Operands)
                {
                    breaks.Add(start);
                    AddBreaks(part, start, breaks);
                    start += part.Length;
                }

                breaks.Add(start);
                break;
            default:
                foreach (var operand in value.Operands) AddBreaks(operand, shift, breaks);
                break;
        }
    }

    void PushShared(Value value, Component component, int j, int t)
    {
        if (!_shared.TryGetValue((value, component, j, t), out var local))
        {
            PushExpression(value, component, j, t);
            local = il.Local(isa.Vector);
            il.Store(local);
            _shared.Add((value, component, j, t), local);
        }

        il.Load(local);
    }

    void PushExpression(Value value, Component component, int j, int t)
    {
        switch (value.Op)
        {
            case OpCode.Extract:
                Push(value.Operands[0], component + value.Start, j, t);
                break;
            case OpCode.Broadcast:
                Push(value.Operands[0], new Component(0), j, t);
                break;
            case OpCode.Gather:
                Push(value.Operands[0], new Component(value.Map[component.Lowest]), j, t);
                break;
            case OpCode.Concat:
                var start = 0;
                foreach (var part in value.Operands)
                {
                    if (component.Lowest < start + part.Length)
                    {
                        Push(part, component + -start, j, t);
                        break;
                    }

                    start += part.Length;
                }

                break;
            default:
                PushElementWise(value, component, j, t);
                break;
        }
    }

    void PushElementWise(Value value, Component component, int j, int t)
    {
        // A square computes its operand once.
        if (value.Operands.Length > 1 && value.Operands[0] == value.Operands[1])
        {
            var operand = il.Local(isa.Vector);
            Push(value.Operands[0], component, j, t);
            il.Store(operand);
            il.Load(operand);
            il.Load(operand);
            il.Release(operand);
            foreach (var rest in value.Operands.Skip(2)) Push(rest, component, j, t);
        }
        else
        {
            foreach (var operand in value.Operands) Push(operand, component, j, t);
        }

        code.Operation(value.Op);
    }

    void EmitToRegisters(Value value)
    {
        var cells = Allocate(value);
        for (var k = 0; k < value.Length; k++)
        {
            ForEachPair((j, t) =>
            {
                PushExpression(value, new Component(k), j, t);
                il.Store(cells[Cell(k, j, t)]);
            });
        }

        _cells.Add(value, cells);
    }

    /// <summary>The operation that takes one more component into a fold.</summary>
    public static OpCode FoldStep(OpCode fold) =>
        fold switch { OpCode.Largest => OpCode.Max, OpCode.Smallest => OpCode.Min, _ => OpCode.Add };

    void EmitFold(Value value)
    {
        var terms = value.Operands[0];
        var product = value.Op == OpCode.Sum && terms is { Op: OpCode.Multiply } && !leaves.IsLeaf(terms) && places[terms] == Place.Inline;
        var cells = Allocate(value);
        var first = true;
        if (terms.Length > unroll)
        {
            first = false;
            ForEachPair((j, t) =>
            {
                // A loop takes in the first component too, which leaves a largest or smallest one as it is.
                if (value.Op == OpCode.Sum) code.Number(0);
                else Push(terms, new Component(0), j, t);
                il.Store(cells[Cell(0, j, t)]);
            });
        }

        // All pairs of the tile for one component, then the next: independent chains, and rows of i and j read once each.
        ForEachComponent(terms.Length, [terms], descending: false, component =>
        {
            ForEachPair((j, t) =>
            {
                var cell = cells[Cell(0, j, t)];
                if (first)
                {
                    Push(terms, component, j, t);
                }
                else if (product)
                {
                    PushFactors(terms, component, j, t);
                    il.Load(cell);
                    code.Operation(OpCode.MultiplyAdd);
                }
                else if (value.Op == OpCode.Sum)
                {
                    il.Load(cell);
                    Push(terms, component, j, t);
                    code.Operation(OpCode.Add);
                }
                else
                {
                    Push(terms, component, j, t);
                    il.Load(cell);
                    code.Operation(FoldStep(value.Op));
                }

                il.Store(cell);
            });
            first = false;
        });
        _cells.Add(value, cells);
    }

    void PushFactors(Value product, Component component, int j, int t)
    {
        if (product.Operands[0] == product.Operands[1])
        {
            var factor = il.Local(isa.Vector);
            Push(product.Operands[0], component, j, t);
            il.Store(factor);
            il.Load(factor);
            il.Load(factor);
            il.Release(factor);
            return;
        }

        Push(product.Operands[0], component, j, t);
        Push(product.Operands[1], component, j, t);
    }

    void EmitToScratch(Value value)
    {
        var offset = scratch.Allocate(value.Length * rows);
        ForEachComponent(value.Length, [value], descending: false, component => ForEachPair((j, t) =>
        {
            PushScratchAddress(offset, component, j, t);
            PushExpression(value, component, j, t);
            code.Store();
        }));
        _scratch.Add(value, offset);
    }

    void PushScratch(int offset, Component component, int j, int t)
    {
        PushScratchAddress(offset, component, j, t);
        code.Load();
    }

    void PushScratchAddress(int offset, Component component, int j, int t)
    {
        var row = scratch.RowBytes;
        il.Load(scratch.Base);
        il.PushAddress(component, rows * row, (long)(offset + j) * row + (long)t * isa.VectorBytes);
    }

    void ForEachPair(Action<int, int> body)
    {
        for (var j = 0; j < rows; j++)
            for (var t = 0; t < vectors; t++) body(j, t);
    }

    /// <summary>For each kept value, the position of the last kept one that reads it; outputs are read to the end.</summary>
    Dictionary<Value, int> LastReaders()
    {
        var last = places.Kept.ToDictionary(v => v, _ => -1);
        for (var position = 0; position < places.Kept.Count; position++)
        {
            foreach (var operand in places.Kept[position].Operands) Reach(operand, position, []);
        }

        foreach (var output in program.Outputs) Reach(output, int.MaxValue, []);
        return last;

        void Reach(Value value, int position, HashSet<Value> seen)
        {
            if (!seen.Add(value) || leaves.IsLeaf(value)) return;
            if (last.TryGetValue(value, out var known))
            {
                last[value] = Math.Max(known, position);
                return;
            }

            foreach (var operand in value.Operands) Reach(operand, position, seen);
        }
    }

    IlLocal[] Allocate(Value value) => [.. Enumerable.Range(0, value.Length * rows * vectors).Select(_ => il.Local(isa.Vector))];

    void Release(Value value)
    {
        if (!_cells.Remove(value, out var cells)) return;
        foreach (var cell in cells) il.Release(cell);
    }

    int Cell(int component, int j, int t) => (component * rows + j) * vectors + t;
}
