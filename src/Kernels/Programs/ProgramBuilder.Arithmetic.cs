namespace Distributed.Keops.Kernels.Programs;

/// <summary>The element-wise operations. Each folds constants and gives exact short cuts; none changes a value's rounding.</summary>
public sealed partial class ProgramBuilder
{
    /// <summary>a + b.</summary>
    public Value Add(Value a, Value b)
    {
        if (Both(a, b, out var x, out var y)) return Constant(x + y);
        if (IsNumber(a, 0)) return b;
        if (IsNumber(b, 0)) return a;
        if (b.Op == OpCode.Negate) return Subtract(a, b.Operands[0]);
        if (a.Op == OpCode.Negate) return Subtract(b, a.Operands[0]);
        return ElementWise(OpCode.Add, ComponentType.Element, a, b);
    }

    /// <summary>a − b.</summary>
    public Value Subtract(Value a, Value b)
    {
        if (Both(a, b, out var x, out var y)) return Constant(x - y);
        if (IsNumber(b, 0)) return a;
        if (IsNumber(a, 0)) return Negate(b);
        if (b.Op == OpCode.Negate) return Add(a, b.Operands[0]);
        return ElementWise(OpCode.Subtract, ComponentType.Element, a, b);
    }

    /// <summary>a · b.</summary>
    public Value Multiply(Value a, Value b)
    {
        if (Both(a, b, out var x, out var y)) return Constant(x * y);
        if (IsNumber(a, 1)) return b;
        if (IsNumber(b, 1)) return a;
        if (IsNumber(a, -1)) return Negate(b);
        if (IsNumber(b, -1)) return Negate(a);
        // A sign belongs to the factor that changes least often: it is then outside the loop.
        if (a.Op == OpCode.Negate && b.Op == OpCode.Negate) return Multiply(a.Operands[0], b.Operands[0]);
        if (a.Op == OpCode.Negate && b.Rate < a.Rate) return Multiply(a.Operands[0], Negate(b));
        if (b.Op == OpCode.Negate && a.Rate < b.Rate) return Multiply(Negate(a), b.Operands[0]);
        return ElementWise(OpCode.Multiply, ComponentType.Element, a, b);
    }

    /// <summary>a / b. A power of two divides by multiplying, which is exact.</summary>
    public Value Divide(Value a, Value b)
    {
        if (Both(a, b, out var x, out var y)) return Constant(x / y);
        if (b.Op == OpCode.Constant && Math.ILogB(b.Number) is > -120 and < 120 and var exponent
            && Math.ScaleB(1, exponent) == Math.Abs(b.Number)) return Multiply(a, Constant(1 / b.Number));
        if (IsNumber(a, 1)) return Reciprocal(b);
        return ElementWise(OpCode.Divide, ComponentType.Element, a, b);
    }

    /// <summary>c − a · b rounded once, for the rounding error of a product; without
    /// fused multiply-adds the product is rounded too.</summary>
    public Value NegateMultiplyAdd(Value a, Value b, Value c) => ElementWise(OpCode.NegateMultiplyAdd, ComponentType.Element, a, b, c);

    /// <summary>−a.</summary>
    public Value Negate(Value a) => a.Op switch
    {
        OpCode.Constant => Constant(-a.Number),
        OpCode.Negate => a.Operands[0],
        // a − b and b − a round alike.
        OpCode.Subtract => Subtract(a.Operands[1], a.Operands[0]),
        _ => ElementWise(OpCode.Negate, ComponentType.Element, a),
    };

    /// <summary>|a|.</summary>
    public Value Abs(Value a) => Fold(OpCode.Abs, a, Math.Abs);

    /// <summary>a · a.</summary>
    public Value Square(Value a)
    {
        if (a.Op is OpCode.Negate or OpCode.Abs) a = a.Operands[0];
        return Multiply(a, a);
    }

    /// <summary>a^n by repeated squaring; 1 for n = 0, the reciprocal of a^−n for a negative n.</summary>
    public Value Power(Value a, int n)
    {
        if (n < 0) return Reciprocal(Power(a, -n));
        Value? result = null;
        for (var square = a; ; square = Multiply(square, square))
        {
            if ((n & 1) != 0) result = result is null ? square : Multiply(result, square);
            n >>= 1;
            if (n == 0) return result ?? Broadcast(Constant(1), a.Length);
        }
    }

    /// <summary>a &lt; b ? a : b, so b when either is NaN.</summary>
    public Value Min(Value a, Value b) =>
        Both(a, b, out var x, out var y) ? Constant(x < y ? x : y) : ElementWise(OpCode.Min, ComponentType.Element, a, b);

    /// <summary>a &gt; b ? a : b, so b when either is NaN.</summary>
    public Value Max(Value a, Value b) =>
        Both(a, b, out var x, out var y) ? Constant(x > y ? x : y) : ElementWise(OpCode.Max, ComponentType.Element, a, b);

    /// <summary>√a.</summary>
    public Value Sqrt(Value a) => Fold(OpCode.Sqrt, a, Math.Sqrt);

    /// <summary>1/√a, +∞ at 0.</summary>
    public Value ReciprocalSqrt(Value a) => Fold(OpCode.ReciprocalSqrt, a, x => 1 / Math.Sqrt(x));

    /// <summary>1/a.</summary>
    public Value Reciprocal(Value a) => Fold(OpCode.Reciprocal, a, x => 1 / x);

    /// <summary>
    /// e^a. Where a is a per-call factor times something that can't be negative (a kernel's squared distance), the
    /// factor takes in log₂ e and one multiplication serves both: relative error at most |a|·2^−24 more, in a
    /// place where e^a is at most 1.
    /// </summary>
    public Value Exp(Value a)
    {
        if (a.Op == OpCode.Constant) return Constant(Math.Exp(a.Number));
        var (factor, rest) = SplitFactor(a);
        return rest is not null && Bounds.IsNonNegative(rest)
            ? Exp2(Multiply(Multiply(factor, Constant(Log2E)), rest))
            : ElementWise(OpCode.Exp, ComponentType.Element, a);
    }

    /// <summary>e^a for an a that is never positive up to rounding: always by one multiplication and 2^t.</summary>
    public Value ExpNonPositive(Value a) => Exp2(Multiply(a, Constant(Log2E)));

    /// <summary>2^a.</summary>
    public Value Exp2(Value a) => Fold(OpCode.Exp2, a, x => Math.Pow(2, x));

    /// <summary>ln a.</summary>
    public Value Log(Value a) => Fold(OpCode.Log, a, Math.Log);

    /// <summary>sin a.</summary>
    public Value Sin(Value a) => Fold(OpCode.Sin, a, Math.Sin);

    /// <summary>cos a.</summary>
    public Value Cos(Value a) => Fold(OpCode.Cos, a, Math.Cos);

    /// <summary>arcsin a.</summary>
    public Value Asin(Value a) => Fold(OpCode.Asin, a, Math.Asin);

    /// <summary>arccos a.</summary>
    public Value Acos(Value a) => Fold(OpCode.Acos, a, Math.Acos);

    /// <summary>arctan a.</summary>
    public Value Atan(Value a) => Fold(OpCode.Atan, a, Math.Atan);

    /// <summary>The angle of the point with abscissa b and ordinate a.</summary>
    public Value Atan2(Value a, Value b) => ElementWise(OpCode.Atan2, ComponentType.Element, a, b);

    /// <summary>a^b for real a and b.</summary>
    public Value Pow(Value a, Value b) => ElementWise(OpCode.Pow, ComponentType.Element, a, b);

    /// <summary>The largest integer not above a.</summary>
    public Value Floor(Value a) => Fold(OpCode.Floor, a, Math.Floor);

    /// <summary>a without its fraction.</summary>
    public Value Truncate(Value a) => Fold(OpCode.Truncate, a, Math.Truncate);

    /// <summary>a &lt; b.</summary>
    public Value LessThan(Value a, Value b) => ElementWise(OpCode.LessThan, ComponentType.Mask, a, b);

    /// <summary>a ≤ b.</summary>
    public Value LessOrEqual(Value a, Value b) => ElementWise(OpCode.LessOrEqual, ComponentType.Mask, a, b);

    /// <summary>a = b.</summary>
    public Value Equal(Value a, Value b) => ElementWise(OpCode.Equal, ComponentType.Mask, a, b);

    /// <summary>Both masks.</summary>
    public Value And(Value a, Value b) => ElementWise(OpCode.And, ComponentType.Mask, a, b);

    /// <summary>Either mask.</summary>
    public Value Or(Value a, Value b) => ElementWise(OpCode.Or, ComponentType.Mask, a, b);

    /// <summary>The opposite mask.</summary>
    public Value Not(Value a) => a.Op == OpCode.Not ? a.Operands[0] : ElementWise(OpCode.Not, ComponentType.Mask, a);

    /// <summary>mask ? a : b, for elements or indices.</summary>
    public Value Select(Value mask, Value a, Value b) => a == b ? a : ElementWise(OpCode.Select, a.Type, mask, a, b);

    /// <summary>1 where the mask holds, 0 elsewhere.</summary>
    public Value Indicator(Value mask) => Select(mask, Constant(1), Constant(0));

    const double Log2E = 1.4426950408889634;

    /// <summary>a as factor · rest with the factor known before any row is read; rest is null when there is no such form.</summary>
    (Value Factor, Value? Remainder) SplitFactor(Value a)
    {
        var factor = Constant(1);
        while (true)
        {
            if (a.Rate <= Rate.Parameter) return (factor, null);
            if (a.Op == OpCode.Negate)
            {
                factor = Negate(factor);
                a = a.Operands[0];
            }
            else if (a.Op == OpCode.Multiply && a.Operands[0].Rate <= Rate.Parameter && a.Operands[0].Length == 1)
            {
                factor = Multiply(factor, a.Operands[0]);
                a = a.Operands[1];
            }
            else if (a.Op == OpCode.Multiply && a.Operands[1].Rate <= Rate.Parameter && a.Operands[1].Length == 1)
            {
                factor = Multiply(factor, a.Operands[1]);
                a = a.Operands[0];
            }
            else if (a.Op == OpCode.Divide && a.Operands[1].Rate <= Rate.Parameter && a.Operands[1].Length == 1)
            {
                factor = Divide(factor, a.Operands[1]);
                a = a.Operands[0];
            }
            else
            {
                return (factor, a);
            }
        }
    }

    Value Fold(OpCode op, Value a, Func<double, double> function) =>
        a.Op == OpCode.Constant ? Constant(function(a.Number)) : ElementWise(op, ComponentType.Element, a);

    static bool Both(Value a, Value b, out double x, out double y)
    {
        (x, y) = (a.Number, b.Number);
        return a.Op == OpCode.Constant && b.Op == OpCode.Constant;
    }

    static bool IsNumber(Value a, double number) => a.Op == OpCode.Constant && a.Number == number;
}
