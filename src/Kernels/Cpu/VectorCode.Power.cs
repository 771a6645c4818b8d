using System.Reflection.Emit;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Powers with a real exponent.</summary>
sealed partial class VectorCode
{
    /// <summary>(artanh s − s − s³/3) / s⁵ by s², |s| ≤ 3 − 2√2, highest power first: error below 2^−62 of artanh s.</summary>
    static readonly double[] AreaTangent =
    [
        0.06458044256586666, 0.06642878657263734, 0.07692790411814159, 0.09090904082364613, 0.1111111113580511, 0.14285714285668694,
        0.20000000000000015,
    ];

    /// <summary>
    /// x^y as 2^(y·log₂|x|), the logarithm in two float64 parts, with the signs and edges of IEEE pow. Results below the smallest normal
    /// number are 0.
    /// </summary>
    void Pow()
    {
        // Of float32 halves one part of the logarithm is more than enough.
        var single = IsSingle;
        InFloat64(2, (t, operands) => (_wide ?? this).Pow(t, operands[0], operands[1], single));
    }

    VectorTerm Pow(VectorTerms t, VectorTerm x, VectorTerm y, bool single)
    {
        var size = t.Of(OpCode.Abs, x);
        var power = single ? ShortPower(t, size, y) : LongPower(t, size, y);
        // 1 to any power, where the product may have been 0·∞.
        power = t.Select(t.Of(OpCode.Equal, size, 1), 1, power);
        power = t.Select(t.IsSigned(x), OfNegative(t, x, y, power), power);
        return t.Select(t.Of(OpCode.Equal, y, 0), 1, power);
    }

    VectorTerm ShortPower(VectorTerms t, VectorTerm size, VectorTerm y)
    {
        t.Push(size);
        _il.Call(_isa.Exact("Log2", _isa.Vector));
        t.Push(y);
        Multiply();
        Exp2();
        return t.Pop();
    }

    VectorTerm LongPower(VectorTerms t, VectorTerm size, VectorTerm y)
    {
        var (high, low) = Log2InTwoParts(t, size);
        // Beyond 2^70 the result is 0, 1 or ∞ already. NaN is the second operand, and stays.
        var factor = t.Of(OpCode.Max, -1.1805916207174113e21, t.Of(OpCode.Min, 1.1805916207174113e21, y));
        var (exponent, rest) = t.Multiply((high, low), (factor, 0));
        var inside = t.Of(OpCode.LessThan, t.Of(OpCode.Abs, exponent), 1100);
        rest = t.Select(inside, rest, 0);
        exponent = t.Of(OpCode.Max, -1100, t.Of(OpCode.Min, 1100, exponent));
        var power = Exp2(t, exponent, rest);

        // Where the logarithm is infinite.
        var isDown = t.IsSigned(y);
        power = t.Select(t.Of(OpCode.Equal, size, 0), t.Select(isDown, double.PositiveInfinity, 0), power);
        power = t.Select(t.Of(OpCode.Equal, size, double.PositiveInfinity), t.Select(isDown, 0, double.PositiveInfinity), power);
        var ordered = t.Of(OpCode.And, t.Of(OpCode.Equal, size, size), t.Of(OpCode.Equal, y, y));
        return t.Select(ordered, power, double.NaN);
    }

    /// <summary>2^(t + rest) for a small rest.</summary>
    VectorTerm Exp2(VectorTerms t, VectorTerm exponent, VectorTerm rest)
    {
        t.Push(exponent);
        LimitExponent();
        var limited = t.Pop();
        t.Push(limited);
        Fraction();
        t.Push(rest);
        Operation(OpCode.Add);
        Power();
        ScaleByFloor(limited.Local!);
        return t.Pop();
    }

    /// <summary>
    /// log₂ of finite numbers above 0: x = 2^e·m with m within a factor √2 of 1, ln m = 2·artanh s of s = (m − 1)/(m + 1), where s, s²/3
    /// and their products are carried in two parts.
    /// </summary>
    (VectorTerm High, VectorTerm Low) Log2InTwoParts(VectorTerms t, VectorTerm x)
    {
        var subnormal = t.Of(OpCode.LessThan, x, 2.2250738585072014e-308);
        x = t.Select(subnormal, t.Multiply(x, 18014398509481984), x);
        var (e, m) = SplitExponent(t, x);
        e = t.Select(subnormal, t.Subtract(e, 54), e);

        var numerator = t.Subtract(m, 1);
        var (sum, sumRest) = t.TwoSum(1, m);
        var inverse = t.Of(OpCode.Divide, 1, sum);
        var s = t.Multiply(numerator, inverse);
        var (product, productRest) = t.TwoProduct(s, sum);
        var lost = t.Subtract(t.Subtract(t.Subtract(numerator, product), productRest), t.Multiply(s, sumRest));
        var ratio = (High: s, Low: t.Multiply(lost, inverse));

        var square = t.Multiply(ratio, ratio);
        var third = t.Multiply(square, (0.3333333333333333, 1.850371707708594e-17));
        var tail = t.MultiplyAdd(t.Multiply(square.High, square.High), t.Polynomial(square.High, AreaTangent), third.Low);
        var (more, moreRest) = t.TwoSum(third.High, tail);
        var (one, oneRest) = t.TwoSum(1, more);
        // 2/ln 2 turns artanh into log₂.
        var scaled = t.Multiply(ratio, (2.8853900817779268, 4.0710547481862066e-17));
        var log = t.Multiply(scaled, (one, t.Add(oneRest, moreRest)));
        var (high, low) = t.TwoSum(e, log.High);
        // Without a whole part the logarithm itself is the larger one.
        var isWhole = t.Of(OpCode.Equal, e, 0);
        return (t.Select(isWhole, log.High, high), t.Select(isWhole, log.Low, t.Add(low, log.Low)));
    }

    /// <summary>x = 2^e·m for a normal x above 0, with m from √½ to √2, by the bits of x.</summary>
    (VectorTerm Exponent, VectorTerm Mantissa) SplitExponent(VectorTerms t, VectorTerm x)
    {
        const long RootHalf = 0x3FE6A09E667F3BCD, One = 0x3FF0000000000000, Digits = 0x000FFFFFFFFFFFFF, Whole = 0x4330000000000000;
        t.Push(x);
        Integers("op_Addition", One - RootHalf);
        var bits = t.Pop();
        t.Push(bits);
        Integers("op_BitwiseAnd", Digits);
        var digits = t.Pop();
        t.Push(digits);
        Integers("op_Addition", RootHalf);
        var m = t.Pop();
        t.Push(bits);
        _il.Call(_isa.Reinterpret(toIntegers: true));
        _il.Emit(OpCodes.Ldc_I4, 52);
        _il.Call(_isa.Machine(_isa.Integers, "op_UnsignedRightShift", _isa.Integers, typeof(int)));
        _il.Call(_isa.Reinterpret(toIntegers: false));
        // As the last digits of 2^52 the integer becomes a number.
        Integers("op_BitwiseOr", Whole);
        var shifted = t.Pop();
        return (t.Subtract(shifted, 4503599627370496 + 1023.0), m);
    }

    /// <summary>An operation on the bits of the vector on the stack.</summary>
    void Integers(string name, long operand)
    {
        _il.Call(_isa.Reinterpret(toIntegers: true));
        _il.Int(operand);
        _il.Call(_isa.Exact("Create", _isa.Integer));
        _il.Call(_isa.Operator(name, 2, integers: true));
        _il.Call(_isa.Reinterpret(toIntegers: false));
    }

    /// <summary>−power for an odd exponent, power for an even one; for any other nothing, unless the base is −0 or −∞.</summary>
    static VectorTerm OfNegative(VectorTerms t, VectorTerm x, VectorTerm y, VectorTerm power)
    {
        var negative = t.Of(OpCode.Negate, power);
        var whole = t.Select(IsWhole(t, t.Multiply(y, 0.5)), power, negative);
        var finite = t.Of(OpCode.And, t.Of(OpCode.LessThan, x, 0), t.Of(OpCode.LessThan, double.NegativeInfinity, x));
        return t.Select(IsWhole(t, y), whole, t.Select(finite, double.NaN, power));
    }

    static VectorTerm IsWhole(VectorTerms t, VectorTerm x) => t.Of(OpCode.Equal, x, t.Of(OpCode.Floor, x));
}
