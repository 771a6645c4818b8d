using Distributed.Keops.Kernels.Programs;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Turns a program into steps and gives every value its rows.</summary>
sealed class StepBuilder
{
    readonly int _width;
    readonly ElementType _type;
    readonly Func<Value, StepGiven?> _given;
    readonly List<Step> _steps = [];
    readonly List<StepLeaf> _leaves = [];
    readonly Dictionary<Value, StepRows> _rows = [];
    readonly Dictionary<Value, int> _uses;
    readonly Dictionary<int, Stack<long>> _free = [];
    readonly HashSet<Value> _products;

    public StepBuilder(Program program, int width, ElementType type, Func<Value, StepGiven?> given)
    {
        (_width, _type, _given) = (width, type, given);
        var needed = Needed(program);
        _products = Products(program, needed);
        _uses = CountUses(program, needed);
        foreach (var value in program.Values)
        {
            if (needed.Contains(value) && IsGiven(value) is { } leaf) AddLeaf(value, leaf);
        }

        foreach (var value in program.Values)
        {
            if (!needed.Contains(value) || _rows.ContainsKey(value) || _products.Contains(value)) continue;
            Add(value);
            // What is another's rows under a new name holds them until it is released itself.
            if (IsView(value)) continue;
            foreach (var operand in Reads(value)) Release(operand);
        }

        Outputs = [.. program.Outputs.Select(Contiguous)];
    }

    public Step[] Steps => [.. _steps];

    public IReadOnlyList<StepLeaf> Leaves => _leaves;

    public StepRows[] Outputs { get; }

    /// <summary>Rows of the frame, for one reduced row.</summary>
    public long Rows { get; private set; }

    static bool IsView(Value value) => value.Op is OpCode.Extract or OpCode.Broadcast;

    StepGiven? IsGiven(Value value) =>
        value.Op == OpCode.Constant ? new StepGiven(StepSource.Number, Number: value.Number) : _given(value);

    /// <summary>What the outputs reach without going through given values.</summary>
    HashSet<Value> Needed(Program program)
    {
        var needed = new HashSet<Value>(program.Outputs);
        foreach (var value in program.Values.Reverse())
        {
            if (needed.Contains(value) && IsGiven(value) is null) needed.UnionWith(value.Operands);
        }

        return needed;
    }

    /// <summary>Products that are only added up: the sum takes their factors.</summary>
    HashSet<Value> Products(Program program, HashSet<Value> needed)
    {
        var readers = program.Values.Where(v => needed.Contains(v) && IsGiven(v) is null).SelectMany(v => v.Operands.Distinct())
            .Concat(program.Outputs).GroupBy(v => v).ToDictionary(g => g.Key, g => g.Count());
        return [.. program.Values
            .Where(v => needed.Contains(v) && IsGiven(v) is null && v.Op == OpCode.Sum && v.Operands[0] is { Op: OpCode.Multiply } p
                && readers[p] == 1 && IsGiven(p) is null)
            .Select(v => v.Operands[0])];
    }

    Dictionary<Value, int> CountUses(Program program, HashSet<Value> needed)
    {
        var uses = needed.ToDictionary(v => v, _ => 0);
        foreach (var value in program.Values)
        {
            if (!needed.Contains(value) || IsGiven(value) is not null || _products.Contains(value)) continue;
            foreach (var operand in Reads(value)) uses[operand]++;
        }

        foreach (var output in program.Outputs) uses[output]++;
        return uses;
    }

    IEnumerable<Value> Reads(Value value) =>
        (value.Op == OpCode.Sum && _products.Contains(value.Operands[0]) ? value.Operands[0].Operands : value.Operands).Distinct();

    void AddLeaf(Value value, StepGiven given)
    {
        var row = Rows;
        Rows += value.Length;
        _leaves.Add(new StepLeaf(given, row, value.Length));
        _rows.Add(value, new(row, value.Length == 1 ? 0 : 1));
    }

    void Add(Value value)
    {
        switch (value.Op)
        {
            case OpCode.Extract or OpCode.Broadcast:
                var rows = _rows[value.Operands[0]].From(value.Start);
                _rows.Add(value, value.Length == 1 ? rows with { Stride = 0 } : rows);
                break;
            case OpCode.Concat:
                var part = Allocate(value);
                foreach (var operand in value.Operands)
                {
                    _steps.Add(new Step(null, part, operand.Length, 1, null, _rows[operand]));
                    part += operand.Length;
                }

                break;
            case OpCode.Gather:
                _steps.Add(new Step(null, Allocate(value), value.Length, 1, [.. value.Map], _rows[value.Operands[0]]));
                break;
            case OpCode.Sum or OpCode.Largest or OpCode.Smallest:
                var terms = value.Operands[0];
                var factors = _products.Contains(terms) ? terms.Operands : value.Operands;
                var fold = StepKernels.Fold(_width, _type, CellEmitter.FoldStep(value.Op), factors.Length);
                _steps.Add(new Step(fold, Allocate(value), 1, terms.Length, null, [.. factors.Select(f => _rows[f])]));
                break;
            default:
                var map = StepKernels.Map(_width, _type, value.Op, value.Operands.Length);
                var target = Allocate(value);
                _steps.Add(new Step(map, target, value.Length, 1, null, [.. value.Operands.Select(o => _rows[o])]));
                break;
        }
    }

    /// <summary>An output's rows, one after the other.</summary>
    StepRows Contiguous(Value output)
    {
        var rows = _rows[output];
        if (output.Length == 1 || rows.Stride == 1) return rows;
        var target = Rows;
        Rows += output.Length;
        _steps.Add(new Step(null, target, output.Length, 1, null, rows));
        return new(target, 1);
    }

    long Allocate(Value value)
    {
        var row = Rows;
        if (_free.TryGetValue(value.Length, out var free) && free.TryPop(out var released)) row = released;
        else Rows += value.Length;
        _rows.Add(value, new(row, value.Length == 1 ? 0 : 1));
        return row;
    }

    void Release(Value value)
    {
        if (--_uses[value] > 0 || IsGiven(value) is not null) return;
        if (IsView(value))
        {
            Release(value.Operands[0]);
            return;
        }

        if (!_free.TryGetValue(value.Length, out var free)) _free.Add(value.Length, free = new());
        free.Push(_rows[value].First);
    }
}
