using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// A lowered formula, or a fragment of a reduction: the values reachable from its outputs, operands first.
/// <code>
/// Exp(-g*SqDist(x,y))*b, axis 1
///   %0 = parameter 0        1  parameter
///   %1 = i 1                3  i
///   %2 = j 2                3  j
///   %3 = subtract %1 %2     3  ij     …
/// </code>
/// Immutable and safe to share between threads.
/// </summary>
public sealed class Program
{
    internal Program(ImmutableArray<Value> outputs)
    {
        Outputs = outputs;
        var seen = new HashSet<Value>();
        var order = ImmutableArray.CreateBuilder<Value>();
        var pending = new Stack<(Value Value, bool Expanded)>();
        foreach (var output in outputs.Reverse()) pending.Push((output, false));
        while (pending.TryPop(out var top))
        {
            if (top.Expanded)
            {
                order.Add(top.Value);
                continue;
            }

            if (!seen.Add(top.Value)) continue;
            pending.Push((top.Value, true));
            foreach (var operand in top.Value.Operands.Reverse()) pending.Push((operand, false));
        }

        // Numbers ascend from operands to users, which makes the order independent of how the outputs were reached.
        order.Sort((a, b) => a.Id.CompareTo(b.Id));
        Values = order.ToImmutable();
    }

    /// <summary>Every value, operands before users.</summary>
    public ImmutableArray<Value> Values { get; }

    /// <summary>The results, in the order they were asked for.</summary>
    public ImmutableArray<Value> Outputs { get; }

    /// <summary>How many times each value is an operand (twice for a square) or an output.</summary>
    public Dictionary<Value, int> CountUses()
    {
        var uses = Values.ToDictionary(v => v, _ => 0);
        foreach (var value in Values)
            foreach (var operand in value.Operands) uses[operand]++;
        foreach (var output in Outputs) uses[output]++;
        return uses;
    }
}
