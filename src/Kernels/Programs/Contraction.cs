using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// Turns a·b + c into one fused multiply-add where the product has no other use and changes as often as the sum:
/// one rounding less and one instruction less, alike on every engine.
/// </summary>
static class Contraction
{
    public static Program Apply(Program program)
    {
        var uses = program.CountUses();
        var builder = new ProgramBuilder();
        var rebuilt = new Dictionary<Value, Value>();
        foreach (var value in program.Values)
        {
            var operands = value.Operands;
            Value? Product(int k) =>
                operands[k].Op == OpCode.Multiply && uses[operands[k]] == 1 && operands[k].Rate == value.Rate
                && operands[k].Length == value.Length ? operands[k] : null;

            rebuilt[value] = value.Op switch
            {
                OpCode.Add when Product(0) is { } p => Fused(OpCode.MultiplyAdd, p, operands[1]),
                OpCode.Add when Product(1) is { } p => Fused(OpCode.MultiplyAdd, p, operands[0]),
                OpCode.Subtract when Product(1) is { } p => Fused(OpCode.NegateMultiplyAdd, p, operands[0]),
                _ => builder.Make(value.Op, Map(operands), value.Length, value.Rate, value.Type, value.Payload),
            };

            Value Fused(OpCode op, Value product, Value addend) => builder.Make(
                op, [rebuilt[product.Operands[0]], rebuilt[product.Operands[1]], rebuilt[addend]], value.Length, value.Rate, value.Type);
        }

        return new Program(Map(program.Outputs));

        ImmutableArray<Value> Map(ImmutableArray<Value> values) => [.. values.Select(v => rebuilt[v])];
    }
}
