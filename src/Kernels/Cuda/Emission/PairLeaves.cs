using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>What a formula reads: parameters, rows, and what was computed of either before.</summary>
/// <param name="hoisted">The program cut by rate.</param>
/// <param name="i">The expression of a component of an output row's record; null where there is none.</param>
/// <param name="j">The expression of a component of a reduced row's record: variables first, computed values behind them.</param>
/// <param name="computed">The values that are computed here although they have a place in a record: a stage's own.</param>
sealed class PairLeaves(HoistedProgram hoisted, Func<At, string>? i, Func<At, string>? j, Program? computed = null) : ILeaves
{
    readonly HashSet<Value> _computed = computed is null ? [] : [.. computed.Outputs];

    public bool IsLeaf(Value value) =>
        value.Op == OpCode.Input || !_computed.Contains(value) && hoisted.TryGetOffset(value, out _) && Reaches(value.Rate);

    public string Component(Value value, At at)
    {
        if (value.Op == OpCode.Input)
        {
            var slot = value.Input.Slot;
            return value.Input.Kind switch
            {
                InputKind.Parameter => Parameter(at + hoisted.ParameterOffsets[slot]),
                InputKind.I => i!(at + hoisted.IOffsets[slot]),
                InputKind.J => j!(at + hoisted.JDims.Take(slot).Sum()),
                _ => throw new InvalidOperationException($"A formula reads no {value.Input.Kind}."),
            };
        }

        hoisted.TryGetOffset(value, out var offset);
        return (value.Rate | Rate.Parameter) switch
        {
            Rate.I => i!(at + offset),
            Rate.J => j!(at + (hoisted.JDims.Sum() + offset)),
            _ => Parameter(at + offset),
        };
    }

    /// <summary>A component of the call's record.</summary>
    static string Parameter(At at) => $"a.parameters[{at}]";

    // A stage of one side has nothing of the other's.
    bool Reaches(Rate rate) => (rate | Rate.Parameter) switch { Rate.I => i is not null, Rate.J => j is not null, _ => true };
}
