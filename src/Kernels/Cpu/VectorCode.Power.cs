using System.Reflection;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Powers with a real exponent.</summary>
sealed partial class VectorCode
{
    /// <summary>
    /// x^y as 2^(y·log₂|x|) in float64, with the signs and edges of IEEE pow, except NaN for (−1)^±∞ and for
    /// −∞ to a power that is not whole. The error is that of the product: at most
    /// |y·log₂ x|·2^−51 relative, which float32 results never see.
    /// </summary>
    void Pow()
    {
        var (y, x) = (Pop(), Pop());
        if (_wide is null)
        {
            PowWide(x, y);
        }
        else
        {
            Half(x, y, "WidenLower");
            Half(x, y, "WidenUpper");
            _il.Call(_isa.Exact("Narrow", _wide._isa.Vector, _wide._isa.Vector));
        }

        _il.Release(x);
        _il.Release(y);
    }

    void Half(IlLocal x, IlLocal y, string widen)
    {
        MethodInfo method = _isa.Exact(widen, _isa.Vector);
        _il.Load(x);
        _il.Call(method);
        var wideX = _wide!.Pop();
        _il.Load(y);
        _il.Call(method);
        var wideY = _wide.Pop();
        _wide.PowWide(wideX, wideY);
        _il.Release(wideX);
        _il.Release(wideY);
    }

    void PowWide(IlLocal x, IlLocal y)
    {
        _il.Load(x);
        Operation(OpCode.Abs);
        _il.Call(_isa.Exact("Log2", _isa.Vector));
        _il.Load(y);
        Multiply();
        Exp2();
        var power = Pop();

        // A negative base: −power for an odd exponent, power for an even one, nothing for any other.
        var negative = NegativeBase(power, y);
        Compare(OpCode.LessThan, x, 0);
        _il.Load(negative);
        _il.Load(power);
        Operation(OpCode.Select);
        _il.Store(power);

        // 1 where the product was 0·∞ although nothing is unknown: x^0 and 1^y.
        Compare(OpCode.Equal, y, 0);
        Compare(OpCode.Equal, x, 1);
        Operation(OpCode.Or);
        Number(1);
        _il.Load(power);
        Operation(OpCode.Select);
        _il.Release(power);
        _il.Release(negative);
    }

    IlLocal NegativeBase(IlLocal power, IlLocal y)
    {
        _il.Load(y);
        Number(0.5);
        Multiply();
        var half = Pop();
        IsWhole(half);
        _il.Load(power);
        _il.Load(power);
        Operation(OpCode.Negate);
        Operation(OpCode.Select);
        _il.Store(half);
        IsWhole(y);
        _il.Load(half);
        Number(double.NaN);
        Operation(OpCode.Select);
        _il.Store(half);
        return half;
    }

    void IsWhole(IlLocal value)
    {
        _il.Load(value);
        _il.Load(value);
        Operation(OpCode.Floor);
        Operation(OpCode.Equal);
    }

    void Compare(OpCode op, IlLocal value, double number)
    {
        _il.Load(value);
        Number(number);
        Operation(op);
    }
}
