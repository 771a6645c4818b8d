using System.Reflection;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Powers with a real exponent.</summary>
sealed partial class VectorCode
{
    /// <summary>
    /// x^y as 2^(y·log₂|x|) in float64, with the signs and edges of IEEE pow. The error is that of the product: at most
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
        var magnitude = Pop();
        _il.Load(magnitude);
        _il.Call(_isa.Exact("Log2", _isa.Vector));
        _il.Load(y);
        Multiply();
        Exp2();
        var power = Pop();

        // 1 to any power, where the product may have been 0·∞.
        Compare(OpCode.Equal, magnitude, 1);
        Number(1);
        _il.Load(power);
        Operation(OpCode.Select);
        _il.Store(power);

        // −0 is a negative base too: the sign bit decides.
        _il.Load(x);
        Number(-0.0);
        Operation(OpCode.And);
        Number(1);
        Operation(OpCode.Or);
        Number(0);
        Operation(OpCode.LessThan);
        PushNegativeBase(x, y, power);
        _il.Load(power);
        Operation(OpCode.Select);
        _il.Store(power);

        Compare(OpCode.Equal, y, 0);
        Number(1);
        _il.Load(power);
        Operation(OpCode.Select);
        _il.Release(magnitude);
        _il.Release(power);
    }

    /// <summary>−power for an odd exponent, power for an even one; for any other nothing, unless the base is −0 or −∞.</summary>
    void PushNegativeBase(IlLocal x, IlLocal y, IlLocal power)
    {
        IsWhole(y);
        _il.Load(y);
        Number(0.5);
        Multiply();
        var half = Pop();
        IsWhole(half);
        _il.Load(power);
        _il.Load(power);
        Operation(OpCode.Negate);
        Operation(OpCode.Select);

        Compare(OpCode.LessThan, x, 0);
        Number(double.NegativeInfinity);
        _il.Load(x);
        Operation(OpCode.LessThan);
        Operation(OpCode.And);
        Number(double.NaN);
        _il.Load(power);
        Operation(OpCode.Select);
        Operation(OpCode.Select);
        _il.Release(half);
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
