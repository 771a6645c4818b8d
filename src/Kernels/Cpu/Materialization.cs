using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Where the components of a computed value live while a tile is worked on.</summary>
enum Place
{
    /// <summary>Nowhere: the expression is repeated where it is used.</summary>
    Inline,

    /// <summary>In vector registers, as far as the JIT has them.</summary>
    Registers,

    /// <summary>In a vector register while one component is worked on.</summary>
    Component,

    /// <summary>In first-level cache, written and read by loops over components.</summary>
    Scratch,
}

/// <summary>
/// Decides which values of a program are kept: sums, costly functions (so that a tile does all cheap work first and then all costly work,
/// in independent chains) and whatever is used more than once. Vectors longer than the unroll limit are never spread
/// over registers: loops compute them where they are used, or once into scratch when that is dear.
/// </summary>
sealed class Materialization
{
    const int CheapRepeat = 4;

    readonly Dictionary<Value, Place> _places = [];
    readonly Dictionary<Value, int> _costs = [];

    /// <param name="program">The program.</param>
    /// <param name="isLeaf">Whether a value is given.</param>
    /// <param name="outputUses">How often an output is read.</param>
    /// <param name="unroll">The longest vector whose components are written out.</param>
    /// <param name="byComponent">Whether repeated values that only outputs depend on are kept for one component at a time.</param>
    public Materialization(Program program, Func<Value, bool> isLeaf, Func<Value, int> outputUses, int unroll, bool byComponent = false)
    {
        var feedsKept = byComponent ? FeedsKept(program) : [];
        var readers = Readers(program, outputUses);
        var feedsCostly = FeedsCostly(program, readers);
        var kept = new List<Value>();
        foreach (var value in program.Values)
        {
            if (isLeaf(value) || value.Op is OpCode.Constant or OpCode.Input || HoistedProgram.IsIndexMap(value.Op))
            {
                _places[value] = Place.Inline;
                _costs[value] = value.Op == OpCode.Concat ? value.Operands.Max(o => _costs[o]) : value.Operands.Sum(o => _costs[o]);
                continue;
            }

            var cost = IsCostly(value.Op) ? 20 : 1;
            foreach (var operand in value.Operands.Distinct()) cost += _costs[operand];
            var repeated = readers[value] > 1;
            var place =
                byComponent && repeated && value.IsElementWise && !IsCostly(value.Op) && !feedsKept.Contains(value) ? Place.Component
                : value.Length > unroll ? repeated && cost > CheapRepeat ? Place.Scratch : Place.Inline
                : value.IsFold || (IsCostly(value.Op) && !feedsCostly.Contains(value))
                    || (repeated && !IsCheapMask(value, cost)) ? Place.Registers
                : Place.Inline;
            _places[value] = place;
            _costs[value] = place == Place.Inline ? cost : 0;
            if (place is Place.Registers or Place.Scratch) kept.Add(value);
        }

        Kept = kept;
    }

    /// <summary>The kept values, operands first.</summary>
    public IReadOnlyList<Value> Kept { get; }

    public Place this[Value value] => _places[value];

    // Comparing again is cheaper than moving a mask register to a vector register and back.
    static bool IsCheapMask(Value value, int cost) => value.Type == ComponentType.Mask && cost <= CheapRepeat;

    public static bool IsCostly(OpCode op) => op is OpCode.Divide or >= OpCode.Sqrt and <= OpCode.Pow;

    /// <summary>
    /// Values whose only reader is, or leads only to, a costly function: computed right before it, so that slow units (the divider) work
    /// while fast ones do, pair after pair.
    /// </summary>
    static HashSet<Value> FeedsCostly(Program program, Dictionary<Value, int> readers)
    {
        var feeds = new HashSet<Value>();
        foreach (var value in program.Values.Reverse())
        {
            if (!IsCostly(value.Op) && !feeds.Contains(value)) continue;
            foreach (var operand in value.Operands)
            {
                if (readers[operand] == 1) feeds.Add(operand);
            }
        }

        return feeds;
    }

    /// <summary>Everything that sums and costly functions depend on, which are computed before the outputs.</summary>
    static HashSet<Value> FeedsKept(Program program)
    {
        var feeds = new HashSet<Value>();
        foreach (var value in program.Values.Reverse())
        {
            if (value.IsFold || IsCostly(value.Op) || feeds.Contains(value)) feeds.UnionWith(value.Operands);
        }

        return feeds;
    }

    /// <summary>How many computed values (or outside uses) read each value, moves of components looked through.</summary>
    static Dictionary<Value, int> Readers(Program program, Func<Value, int> outputUses)
    {
        var readers = program.Values.ToDictionary(v => v, _ => 0);
        foreach (var output in program.Outputs.Distinct()) readers[output] += outputUses(output);
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
