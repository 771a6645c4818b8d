using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using OpCode = Distributed.Keops.Kernels.Programs.OpCode;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Emits vector instructions on operands that stand on the evaluation stack. Masks are vectors of all-ones or all-zeros lanes; row
/// numbers travel as their bits in a vector of elements. The functions are in <c>VectorCode.Functions.cs</c>.
/// </summary>
sealed partial class VectorCode
{
    const int HoistedConstants = 20;

    readonly IlBuffer _il;
    readonly Isa _isa;
    readonly IlBuffer _start;
    readonly Dictionary<long, IlLocal> _constants = [];
    readonly VectorCode? _wide;

    /// <summary>Code for a method whose recording starts here.</summary>
    public VectorCode(IlBuffer il, Isa isa)
    {
        (_il, _isa) = (il, isa);
        _start = il.Section();
        // Functions whose inner values need more than float32 are done on halves in float64.
        _wide = IsSingle ? new VectorCode(il, Isa.Get(isa.Width, ElementType.Float64)) : null;
    }

    bool IsSingle => _isa.Type == ElementType.Float32;

    /// <summary>A number in every lane. The first twenty different ones are made once, before any loop, and stay in registers.</summary>
    public void Number(double number)
    {
        if (IsSingle) number = (float)number;
        var bits = BitConverter.DoubleToInt64Bits(number);
        if (_constants.TryGetValue(bits, out var local))
        {
            _il.Load(local);
            return;
        }

        if (_constants.Count >= HoistedConstants)
        {
            Create(_il, number);
            return;
        }

        local = _il.FreshLocal(_isa.Vector);
        _constants.Add(bits, local);
        Create(_start, number);
        _start.Store(local);
        _il.Load(local);
    }

    /// <summary>The row number on the stack (int64), in every lane.</summary>
    public void Index()
    {
        _il.Emit(IsSingle ? OpCodes.Conv_I4 : OpCodes.Conv_I8);
        _il.Call(_isa.Exact("Create", _isa.Integer));
        _il.Call(_isa.Reinterpret(toIntegers: false));
    }

    /// <summary>The vector at the address on the stack.</summary>
    public void Load()
    {
        _il.Vector(OpCodes.Ldobj, _isa.Vector);
    }

    /// <summary>The element at the address on the stack, in every lane.</summary>
    public void Broadcast()
    {
        _il.Emit(IsSingle ? OpCodes.Ldind_R4 : OpCodes.Ldind_R8);
        _il.Call(_isa.Exact("Create", _isa.Element));
    }

    /// <summary>Stores the vector on the stack; the address stands below it.</summary>
    public void Store()
    {
        _il.Vector(OpCodes.Stobj, _isa.Vector);
    }

    /// <summary>Whether a &lt; b in any lane.</summary>
    public void AnyLessThan() => _il.Call(_isa.Any("LessThanAny", 2));

    /// <summary>An element-wise operation.</summary>
    public void Operation(OpCode op)
    {
        switch (op)
        {
            case OpCode.Add: _il.Call(_isa.Operator("op_Addition", 2)); break;
            case OpCode.Subtract: _il.Call(_isa.Operator("op_Subtraction", 2)); break;
            case OpCode.Multiply: Multiply(); break;
            case OpCode.Divide: _il.Call(_isa.Operator("op_Division", 2)); break;
            case OpCode.MultiplyAdd: MultiplyAdd(); break;
            case OpCode.NegateMultiplyAdd: NegateMultiplyAdd(); break;
            case OpCode.Negate: _il.Call(_isa.Operator("op_UnaryNegation", 1)); break;
            case OpCode.Abs: _il.Call(_isa.Any("Abs", 1)); break;
            case OpCode.Min: Extremum("Min", "LessThan"); break;
            case OpCode.Max: Extremum("Max", "GreaterThan"); break;
            case OpCode.Sqrt: _il.Call(_isa.Any("Sqrt", 1)); break;
            case OpCode.ReciprocalSqrt: ReciprocalSqrt(); break;
            case OpCode.Reciprocal: Reciprocal(); break;
            case OpCode.Exp: Exp(); break;
            case OpCode.Exp2: Exp2(); break;
            case OpCode.Pow: Pow(); break;
            case OpCode.Asin: Asin(); break;
            case OpCode.Acos: Acos(); break;
            case OpCode.Atan: Atan(); break;
            case OpCode.Atan2: Atan2(); break;
            case OpCode.Log or OpCode.Sin or OpCode.Cos or OpCode.Floor or OpCode.Truncate:
                _il.Call(_isa.Exact(op.ToString(), _isa.Vector));
                break;
            case OpCode.LessThan: _il.Call(_isa.Any("LessThan", 2)); break;
            case OpCode.LessOrEqual: _il.Call(_isa.Any("LessThanOrEqual", 2)); break;
            case OpCode.Equal: _il.Call(_isa.Any("Equals", 2)); break;
            case OpCode.And: _il.Call(_isa.Operator("op_BitwiseAnd", 2)); break;
            case OpCode.Or: _il.Call(_isa.Operator("op_BitwiseOr", 2)); break;
            case OpCode.Not: _il.Call(_isa.Operator("op_OnesComplement", 1)); break;
            case OpCode.Select: _il.Call(_isa.Any("ConditionalSelect", 3)); break;
            default: throw new InvalidOperationException($"{op} is not an operation of vectors.");
        }
    }

    void Multiply() => _il.Call(_isa.Operator("op_Multiply", 2));

    // The framework's stand-in for a missing instruction takes a hundred times as long as rounding twice.
    void MultiplyAdd()
    {
        if (Isa.FusesMultiplyAdd)
        {
            _il.Call(_isa.Exact("FusedMultiplyAdd", _isa.Vector, _isa.Vector, _isa.Vector));
            return;
        }

        var addend = Pop();
        Multiply();
        _il.Load(addend);
        Operation(OpCode.Add);
        _il.Release(addend);
    }

    // c − a·b. The general form would negate a with an instruction of its own.
    void NegateMultiplyAdd()
    {
        if (_isa.Width == 512)
        {
            _il.Call(_isa.Machine(typeof(Avx512F), "FusedMultiplyAddNegated", _isa.Vector, _isa.Vector, _isa.Vector));
            return;
        }

        var (b, c) = (_il.Local(_isa.Vector), _il.Local(_isa.Vector));
        _il.Store(c);
        _il.Store(b);
        Operation(OpCode.Negate);
        _il.Load(b);
        _il.Load(c);
        MultiplyAdd();
        _il.Release(b);
        _il.Release(c);
    }

    // a < b ? a : b. The x86 instruction gives its second operand when either is NaN: just so.
    void Extremum(string name, string comparison)
    {
        var machine = _isa.Width == 512 ? typeof(Avx512F) : _isa.Width == 256 ? typeof(Avx) : IsSingle ? typeof(Sse) : typeof(Sse2);
        if (Sse2.IsSupported)
        {
            _il.Call(_isa.Machine(machine, name, _isa.Vector, _isa.Vector));
            return;
        }

        var (a, b) = (_il.Local(_isa.Vector), _il.Local(_isa.Vector));
        _il.Store(b);
        _il.Store(a);
        _il.Load(a);
        _il.Load(b);
        _il.Call(_isa.Any(comparison, 2));
        _il.Load(a);
        _il.Load(b);
        Operation(OpCode.Select);
        _il.Release(a);
        _il.Release(b);
    }

    void Create(IlBuffer il, double number)
    {
        if (number == 0 && !double.IsNegative(number))
        {
            il.Call(_isa.Vector.GetProperty("Zero")!.GetMethod!);
            return;
        }

        if (IsSingle) il.Single((float)number);
        else il.Number(number);
        il.Call(_isa.Exact("Create", _isa.Element));
    }
}
