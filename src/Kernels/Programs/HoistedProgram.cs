using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// A program cut by rate: what is computed once a call, once for every output row, once for every reduced row, and what is left for
/// the inner loop over pairs. Values that cross from a slower stage to a faster one stand in that stage's record, at a fixed offset.
/// <code>
///   parameters ─▶ ParameterStage ─▶ record of the call ──────────┐
///   rows of i  ─▶ IStage         ─▶ [i inputs | i values] ──────▶ Pairs ─▶ items
///   rows of j  ─▶ JStage         ─▶ [j inputs], [j values] ─────┘
/// </code>
/// </summary>
public sealed class HoistedProgram
{
    readonly Dictionary<Value, int> _offsets = [];

    /// <summary>Cuts a program whose inputs are parameters, i- and j-variables with the given dimensions by slot.</summary>
    public HoistedProgram(
        Program pairs, ImmutableArray<int> parameterDims, ImmutableArray<int> iDims, ImmutableArray<int> jDims)
    {
        Pairs = pairs;
        ParameterOffsets = Offsets(parameterDims);
        IOffsets = Offsets(iDims);
        JDims = jDims;

        var i = new HashSet<Value>();
        var j = new HashSet<Value>();
        var parameters = new HashSet<Value>();
        foreach (var output in pairs.Outputs) Visit(output, Rate.IJ, []);
        IStage = Stage(i, IOffsets[^1]);
        JStage = Stage(j, 0);
        ParameterStage = Stage(parameters, ParameterOffsets[^1]);

        void Visit(Value value, Rate stage, HashSet<Value> seen)
        {
            if (!seen.Add(value) || value.Op is OpCode.Constant or OpCode.Input) return;
            // What is computed from constants alone, but not folded, is computed with the parameters.
            var rate = value.Rate | Rate.Parameter;
            if (rate == stage || IsIndexMap(value.Op) && !IsTable(value))
            {
                foreach (var operand in value.Operands) Visit(operand, stage, seen);
                return;
            }

            var set = rate switch { Rate.I => i, Rate.J => j, _ => parameters };
            if (!set.Add(value)) return;
            var below = new HashSet<Value>();
            foreach (var operand in value.Operands) Visit(operand, rate, below);
        }
    }

    /// <summary>The whole program; its values of rate <see cref="Rate.IJ"/> are the inner loop.</summary>
    public Program Pairs { get; }

    /// <summary>What is computed once a call; outputs stand behind the parameters in the call's record. Null when nothing is.</summary>
    public Program? ParameterStage { get; }

    /// <summary>What is computed once an output row; outputs stand behind the i-variables in the row's record.</summary>
    public Program? IStage { get; }

    /// <summary>What is computed once a reduced row; outputs stand in a record of their own, so that variables are read in place.</summary>
    public Program? JStage { get; }

    /// <summary>Where each parameter starts in the call's record; the last entry is where computed values start.</summary>
    public ImmutableArray<int> ParameterOffsets { get; }

    /// <summary>Where each i-variable starts in an output row's record; the last entry is where computed values start.</summary>
    public ImmutableArray<int> IOffsets { get; }

    /// <summary>The dimension of each j-variable.</summary>
    public ImmutableArray<int> JDims { get; }

    /// <summary>Components of the call's record.</summary>
    public int ParameterLength => ParameterOffsets[^1] + Length(ParameterStage);

    /// <summary>Components of an output row's record.</summary>
    public int ILength => IOffsets[^1] + Length(IStage);

    /// <summary>Components of a reduced row's record of computed values.</summary>
    public int JLength => Length(JStage);

    /// <summary>Whether the value is computed by a slower stage than the one that uses
    /// it, and where its first component then stands.</summary>
    public bool TryGetOffset(Value value, out int offset) => _offsets.TryGetValue(value, out offset);

    /// <summary>Whether an operation only moves components, so that it is done where the result is used.</summary>
    public static bool IsIndexMap(OpCode op) => op is OpCode.Extract or OpCode.Concat or OpCode.Broadcast or OpCode.Gather;

    // Numbers that differ from component to component: loops over them need them in memory.
    static bool IsTable(Value value) => value is { Op: OpCode.Concat, Rate: Rate.Constant, Length: > 16 };

    Program? Stage(HashSet<Value> values, int offset)
    {
        // Only what faster stages read needs a place; Visit has collected exactly those.
        var outputs = values.OrderBy(v => v.Id).ToImmutableArray();
        if (outputs.Length == 0) return null;
        foreach (var value in outputs)
        {
            _offsets.Add(value, offset);
            offset += value.Length;
        }

        return new Program(outputs);
    }

    static ImmutableArray<int> Offsets(ImmutableArray<int> dims)
    {
        var offsets = ImmutableArray.CreateBuilder<int>(dims.Length + 1);
        offsets.Add(0);
        foreach (var dim in dims) offsets.Add(offsets[^1] + dim);
        return offsets.ToImmutable();
    }

    static int Length(Program? stage) => stage?.Outputs.Sum(o => o.Length) ?? 0;
}
