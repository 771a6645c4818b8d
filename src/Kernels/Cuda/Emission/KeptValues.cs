using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>
/// Which values of a program get a variable of their own: folds, costly functions and what is read more than once. All other values are
/// written out where they are read; so are long vectors, unless that is dear.
/// </summary>
sealed class KeptValues
{
    const int CheapRepeat = 4;
    const int MaxDepth = 24;

    readonly HashSet<Value> _kept = [];
    readonly Dictionary<Value, int> _readers;

    /// <summary>Decides for a program.</summary>
    /// <param name="program">The program.</param>
    /// <param name="isLeaf">Whether a value is given.</param>
    public KeptValues(Program program, Func<Value, bool> isLeaf)
    {
        _readers = Readers(program);
        var feedsFolds = FeedsFolds(program);
        var gathered = program.Values.Where(v => v.Op == OpCode.Gather && v.Length > ComponentLoops.WrittenOut)
            .Select(v => v.Operands[0]).ToHashSet();
        var (cost, depth) = (new Dictionary<Value, int>(), new Dictionary<Value, int>());
        var order = new List<Value>();
        foreach (var value in program.Values)
        {
            (cost[value], depth[value]) = (0, 0);
            if (isLeaf(value) || value.Op is OpCode.Constant or OpCode.Input) continue;
            cost[value] = (IsCostly(value.Op) ? 20 : HoistedProgram.IsIndexMap(value.Op) ? 0 : 1)
                + value.Operands.Distinct().Sum(o => _kept.Contains(o) ? 0 : cost[o]);
            depth[value] = 1 + value.Operands.Max(o => _kept.Contains(o) ? 0 : depth[o]);
            var isMap = HoistedProgram.IsIndexMap(value.Op);
            var isKept = gathered.Contains(value) || value.IsFold || !isMap && value.Length == 1 && (
                    _readers[value] > 1 || IsCostly(value.Op) || depth[value] > MaxDepth)
                || !isMap && value.Length > 1 && (
                    _readers[value] > 1 && cost[value] > CheapRepeat && feedsFolds.Contains(value) || depth[value] > MaxDepth);
            if (!isKept) continue;
            _kept.Add(value);
            order.Add(value);
        }

        Order = order;
    }

    /// <summary>The kept values, operands first.</summary>
    public IReadOnlyList<Value> Order { get; }

    /// <summary>Whether the value has a variable.</summary>
    public bool Contains(Value value) => _kept.Contains(value);

    /// <summary>Whether a value without one is worth a variable while one component is worked on.</summary>
    public bool IsRepeated(Value value) => value.IsElementWise && _readers[value] > 1;

    static bool IsCostly(OpCode op) => op is OpCode.Divide or >= OpCode.Sqrt and <= OpCode.Pow;

    static HashSet<Value> FeedsFolds(Program program)
    {
        var feeds = new HashSet<Value>();
        foreach (var value in program.Values.Reverse())
        {
            if (value.IsFold || feeds.Contains(value)) feeds.UnionWith(value.Operands);
        }

        return feeds;
    }

    /// <summary>How many computed values and outputs read each value, moves of components looked through.</summary>
    static Dictionary<Value, int> Readers(Program program)
    {
        var readers = program.Values.ToDictionary(v => v, _ => 0);
        foreach (var output in program.Outputs) readers[output]++;
        foreach (var value in program.Values.Reverse())
        {
            foreach (var operand in value.Operands.Distinct())
            {
                // One component read by many is as if many read it.
                var times = operand.Length == 1 && value.Length > 1 ? 2 : 1;
                readers[operand] += HoistedProgram.IsIndexMap(value.Op) ? times * Math.Max(1, readers[value]) : times;
            }
        }

        return readers;
    }
}
