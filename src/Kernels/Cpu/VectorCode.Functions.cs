using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Functions made of vector instructions. Polynomials are minimax fits of this project; errors are measured by
/// <c>VectorCodeTests</c>.
/// </summary>
sealed partial class VectorCode
{
    /// <summary>2^r on [0, 1), highest power first, exactly 1 at 0: relative error 2.0e-9.</summary>
    static readonly double[] Power32 =
        [0.000216129313, 0.00124678415, 0.00967545216, 0.0554852803, 0.240229306, 0.693147044, 1];

    /// <summary>2^r on [0, 1), highest power first, exactly 1 at 0: relative error below 2^−54.</summary>
    static readonly double[] Power64 =
    [
        6.263453910117333e-10, 6.559536304627832e-09, 1.0253210709276784e-07, 1.320836753138542e-06, 1.525317503427533e-05,
        1.5403512310840784e-04, 1.3333558629521915e-03, 9.618129099551842e-03, 5.550410866560211e-02, 2.402265069590633e-01,
        0.693147180559946, 1,
    ];

    /// <summary>
    /// 2^t with at most 1.4 ulp (float32) or 0.9 ulp (float64); exact for whole t; 0 below the smallest normal number, since
    /// every instruction with a subnormal result costs hundreds of cycles.
    /// </summary>
    void Exp2()
    {
        LimitExponent();
        var t = Pop();
        _il.Load(t);
        Fraction();
        Power();
        ScaleByFloor(t);
        _il.Release(t);
    }

    /// <summary>e^x with at most 1.4 ulp (float32) or 1.1 ulp (float64) over the whole range; subnormal results are 0.</summary>
    void Exp()
    {
        // t = x·log₂e rounded; what rounding lost comes back into the fraction. Clamped, or ∞ would lose ∞. NaN stays the second operand.
        var (high, low) = IsSingle ? (1.44269502162933349609375, 1.925963033500691e-8) : (1.4426950408889634, 2.0355273740931033e-17);
        var x = Pop();
        Number(IsSingle ? -104.5 : -746);
        Number(IsSingle ? 90 : 711);
        _il.Load(x);
        Operation(OpCode.Min);
        Operation(OpCode.Max);
        _il.Store(x);
        _il.Load(x);
        Number(high);
        Multiply();
        var t = Pop();
        _il.Load(x);
        Number(low);
        _il.Load(x);
        Number(high);
        _il.Load(t);
        Operation(OpCode.Negate);
        MultiplyAdd();
        MultiplyAdd();
        _il.Load(t);
        LimitExponent();
        _il.Store(t);
        _il.Load(t);
        Fraction();
        Operation(OpCode.Add);
        Power();
        ScaleByFloor(t);
        _il.Release(x);
        _il.Release(t);
    }

    /// <summary>1/√x of a correctly rounded root and quotient.</summary>
    void ReciprocalSqrt()
    {
        Operation(OpCode.Sqrt);
        Reciprocal();
    }

    /// <summary>1/x, correctly rounded.</summary>
    void Reciprocal()
    {
        var x = Pop();
        Number(1);
        _il.Load(x);
        Operation(OpCode.Divide);
        _il.Release(x);
    }

    /// <summary>The polynomial for 2^r of the r on the stack.</summary>
    void Power()
    {
        var r = Pop();
        var coefficients = IsSingle ? Power32 : Power64;
        Number(coefficients[0]);
        foreach (var c in coefficients.AsSpan(1))
        {
            _il.Load(r);
            Number(c);
            MultiplyAdd();
        }

        _il.Release(r);
    }

    /// <summary>
    /// For vectors without an instruction that scales by a power of two: the exponent on the stack, kept to where 2^⌊t⌋ is 0, normal or ∞.
    /// NaN stays, being the second operand.
    /// </summary>
    void LimitExponent()
    {
        if (_isa.Width == 512) return;
        var t = Pop();
        Number(IsSingle ? -127 : -1023);
        Number(IsSingle ? 128 : 1024);
        _il.Load(t);
        Operation(OpCode.Min);
        Operation(OpCode.Max);
        _il.Release(t);
    }

    /// <summary>t − ⌊t⌋ of a limited exponent; 0 for an infinite one.</summary>
    void Fraction()
    {
        if (_isa.Width == 512)
        {
            _il.Emit(OpCodes.Ldc_I4, 0x09);
            _il.Call(_isa.Machine(typeof(Avx512DQ), "Reduce", _isa.Vector, typeof(byte)));
            return;
        }

        var t = Pop();
        _il.Load(t);
        _il.Load(t);
        Operation(OpCode.Floor);
        Operation(OpCode.Subtract);
        _il.Release(t);
    }

    /// <summary>The p on the stack times 2^⌊t⌋ of a limited exponent, 0 where that is below the smallest normal number.</summary>
    void ScaleByFloor(IlLocal t)
    {
        if (_isa.Width < 512)
        {
            PowerOfTwo(t);
            Multiply();
            return;
        }

        // Zero before scaling: after it the subnormal number would already have been made. NaN is not less, and stays.
        var p = Pop();
        _il.Load(t);
        Number(IsSingle ? -126 : -1022);
        _il.Call(_isa.Machine(typeof(Avx512F), "CompareNotLessThan", _isa.Vector, _isa.Vector));
        _il.Load(p);
        Number(0);
        Operation(OpCode.Select);
        _il.Load(t);
        _il.Call(_isa.Machine(typeof(Avx512F), "Scale", _isa.Vector, _isa.Vector));
        _il.Release(p);
    }

    /// <summary>2^⌊t⌋ by its bits: 1.5·2^23 + n (or 1.5·2^52 + n) holds n in its lowest bits; shifted, they are the exponent.</summary>
    void PowerOfTwo(IlLocal t)
    {
        // The exponent of 2^128 and 2^1024 is that of ∞, the one of 2^−127 and 2^−1023 that of 0.
        var (shift, bias, magic) = IsSingle ? (23, 127L << 23, 12582912.0) : (52, 1023L << 52, 6755399441055744.0);
        _il.Load(t);
        Operation(OpCode.Floor);
        Number(magic);
        Operation(OpCode.Add);
        _il.Call(_isa.Reinterpret(toIntegers: true));
        _il.Emit(OpCodes.Ldc_I4, shift);
        _il.Call(_isa.Machine(_isa.Integers, "op_LeftShift", _isa.Integers, typeof(int)));
        _il.Int(bias);
        if (IsSingle) _il.Emit(OpCodes.Conv_I4);
        _il.Call(_isa.Exact("Create", _isa.Integer));
        _il.Call(_isa.Operator("op_Addition", 2, integers: true));
        _il.Call(_isa.Reinterpret(toIntegers: false));
    }

    IlLocal Pop()
    {
        var local = _il.Local(_isa.Vector);
        _il.Store(local);
        return local;
    }
}
