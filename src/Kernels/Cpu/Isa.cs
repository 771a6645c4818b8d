using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// The vector instructions of one width for one element type, as the framework's intrinsic methods. Emitted code calls them directly: the
/// JIT turns each into its instruction without ever considering to inline it, so that tiles of any size stay fast.
/// </summary>
sealed class Isa
{
    static readonly ConcurrentDictionary<(int, ElementType), Isa> Cache = new();

    readonly ConcurrentDictionary<string, MethodInfo> _methods = new(StringComparer.Ordinal);
    readonly Type _statics;

    Isa(int width, ElementType type)
    {
        Width = width;
        Type = type;
        Element = type == ElementType.Float32 ? typeof(float) : typeof(double);
        Integer = type == ElementType.Float32 ? typeof(int) : typeof(long);
        (Generic, _statics) = width switch
        {
            512 => (typeof(Vector512<>), typeof(Vector512)),
            256 => (typeof(Vector256<>), typeof(Vector256)),
            _ => (typeof(Vector128<>), typeof(Vector128)),
        };
        Vector = Generic.MakeGenericType(Element);
        Integers = Generic.MakeGenericType(Integer);
    }

    /// <summary>The widest vectors of this machine: 512 bits only where AVX-512DQ is there, whose range reduction kernels use.</summary>
    public static int WidestHere { get; } =
        Vector512.IsHardwareAccelerated && Avx512DQ.IsSupported ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>Whether this machine multiplies and adds with one rounding.</summary>
    public static bool FusesMultiplyAdd { get; } = Fma.IsSupported || AdvSimd.IsSupported;

    /// <summary>Bits of a vector.</summary>
    public int Width { get; }

    /// <summary>What a vector holds.</summary>
    public ElementType Type { get; }

    /// <summary>The element's framework type.</summary>
    public Type Element { get; }

    /// <summary>An integer as wide as an element.</summary>
    public Type Integer { get; }

    /// <summary>The vector of elements.</summary>
    public Type Vector { get; }

    /// <summary>The vector of integers.</summary>
    public Type Integers { get; }

    /// <summary>Bytes of a vector.</summary>
    public int VectorBytes => Width / 8;

    /// <summary>Elements of a vector.</summary>
    public int Lanes => VectorBytes / Type.Size();

    Type Generic { get; }

    public static Isa Get(int width, ElementType type) => Cache.GetOrAdd((width, type), k => new Isa(k.Item1, k.Item2));

    /// <summary>An operator of the vector of elements, or of integers.</summary>
    public MethodInfo Operator(string name, int operands, bool integers = false)
    {
        var type = integers ? Integers : Vector;
        return Cached($"operator {name} {integers}", () => type.GetMethod(name, [.. Enumerable.Repeat(type, operands)]));
    }

    /// <summary>A static method that takes vectors of any element type, here of elements or of integers.</summary>
    public MethodInfo Any(string name, int operands, bool integers = false) => Cached($"any {name} {integers}", () =>
    {
        var open = Generic.MakeGenericType(System.Type.MakeGenericMethodParameter(0));
        return _statics.GetMethod(name, 1, [.. Enumerable.Repeat(open, operands)])?.MakeGenericMethod(integers ? Integer : Element);
    });

    /// <summary>A static method with an overload for these very types.</summary>
    public MethodInfo Exact(string name, params Type[] types) =>
        Cached($"exact {name} {string.Join(' ', types.Select(t => t.Name))}", () => _statics.GetMethod(name, types));

    /// <summary>A method of a class of machine instructions.</summary>
    public MethodInfo Machine(Type type, string name, params Type[] types) => Cached($"{type} {name}", () => type.GetMethod(name, types));

    /// <summary>The bits of integers as elements, or of elements as integers.</summary>
    public MethodInfo Reinterpret(bool toIntegers) => Cached("as " + toIntegers, () =>
    {
        var open = Generic.MakeGenericType(System.Type.MakeGenericMethodParameter(0));
        return _statics.GetMethod("As", 2, [open])?.MakeGenericMethod(toIntegers ? [Element, Integer] : [Integer, Element]);
    });

    MethodInfo Cached(string key, Func<MethodInfo?> find) =>
        _methods.GetOrAdd(key, k => find() ?? throw new MissingMethodException($"{Vector} has no {k}."));
}
