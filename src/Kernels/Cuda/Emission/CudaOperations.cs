using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>Element-wise operations as expressions. Nothing is contracted or reordered by the compiler: what rounds once is written so.</summary>
static class CudaOperations
{
    /// <summary>The expression of an operation on expressions.</summary>
    public static string Expression(OpCode op, CudaNumbers numbers, IReadOnlyList<string> operands)
    {
        var f = numbers.IsSingle ? "f" : "";
        string A() => operands[0];
        string B() => operands[1];
        return op switch
        {
            OpCode.Add => $"({A()} + {B()})",
            OpCode.Subtract => $"({A()} - {B()})",
            OpCode.Multiply => $"({A()} * {B()})",
            OpCode.Divide => $"({A()} / {B()})",
            OpCode.MultiplyAdd => $"fma{f}({A()}, {B()}, {operands[2]})",
            OpCode.NegateMultiplyAdd => $"fma{f}(-{A()}, {B()}, {operands[2]})",
            OpCode.Negate => $"(-{A()})",
            OpCode.Abs => $"fabs{f}({A()})",
            OpCode.Min => $"keops_min({A()}, {B()})",
            OpCode.Max => $"keops_max({A()}, {B()})",
            OpCode.Sqrt => $"sqrt{f}({A()})",
            OpCode.ReciprocalSqrt => $"keops_reciprocal_sqrt({A()})",
            OpCode.Reciprocal => $"keops_reciprocal({A()})",
            OpCode.Exp => $"keops_exp({A()})",
            OpCode.Exp2 => $"keops_exp2({A()})",
            OpCode.Log => $"log{f}({A()})",
            OpCode.Sin => $"sin{f}({A()})",
            OpCode.Cos => $"cos{f}({A()})",
            OpCode.Asin => $"asin{f}({A()})",
            OpCode.Acos => $"acos{f}({A()})",
            OpCode.Atan => $"atan{f}({A()})",
            OpCode.Atan2 => $"atan2{f}({A()}, {B()})",
            OpCode.Pow => $"pow{f}({A()}, {B()})",
            OpCode.Floor => $"floor{f}({A()})",
            OpCode.Truncate => $"trunc{f}({A()})",
            OpCode.LessThan => $"({A()} < {B()})",
            OpCode.LessOrEqual => $"({A()} <= {B()})",
            OpCode.Equal => $"({A()} == {B()})",
            OpCode.And => $"({A()} & {B()})",
            OpCode.Or => $"({A()} | {B()})",
            OpCode.Not => $"(!{A()})",
            OpCode.Select => $"({A()} ? {B()} : {operands[2]})",
            _ => throw new InvalidOperationException($"{op} is not an operation of components."),
        };
    }

    /// <summary>One step of a fold: <paramref name="all"/> with one component more.</summary>
    public static string Fold(OpCode op, CudaNumbers numbers, string all, string component) => op switch
    {
        OpCode.Sum => $"({all} + {component})",
        OpCode.Largest => Expression(OpCode.Max, numbers, [component, all]),
        OpCode.Smallest => Expression(OpCode.Min, numbers, [component, all]),
        _ => throw new InvalidOperationException($"{op} is not a fold."),
    };
}
