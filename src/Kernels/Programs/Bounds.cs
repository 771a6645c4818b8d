namespace Distributed.Keops.Kernels.Programs;

/// <summary>What can be said of a value's range from its definition alone.</summary>
static class Bounds
{
    /// <summary>Whether no component can be below zero, whatever the inputs (NaN aside).</summary>
    public static bool IsNonNegative(Value value) => value.Op switch
    {
        OpCode.Constant => value.Number >= 0,
        OpCode.Abs or OpCode.Sqrt or OpCode.Exp or OpCode.Exp2 or OpCode.ReciprocalSqrt => true,
        OpCode.Multiply => value.Operands[0] == value.Operands[1] || value.Operands.All(IsNonNegative),
        OpCode.Add or OpCode.Divide or OpCode.Min or OpCode.Sum or OpCode.Largest or OpCode.Smallest or OpCode.Extract or OpCode.Concat
            or OpCode.Broadcast or OpCode.Gather => value.Operands.All(IsNonNegative),
        OpCode.Select => value.Operands.Skip(1).All(IsNonNegative),
        _ => false,
    };
}
