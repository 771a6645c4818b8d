using System.Globalization;
using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>The types and literals of one kernel: float, or double beside it in merges.</summary>
/// <param name="Type">The element type of its arithmetic: float32 or float64.</param>
/// <param name="Index">How row numbers are held.</param>
readonly record struct CudaNumbers(ElementType Type, string Index)
{
    /// <summary>Within a leaf, row numbers are places in its sequence of rows.</summary>
    public static CudaNumbers Of(ElementType type) => new(type, "int");

    /// <summary>Between leaves, states are float64 and int64.</summary>
    public static CudaNumbers OfStates { get; } = new(ElementType.Float64, "long long");

    /// <summary>Whether arithmetic is in float32.</summary>
    public bool IsSingle => Type == ElementType.Float32;

    /// <summary>The type of elements.</summary>
    public string Real => IsSingle ? "float" : "double";

    /// <summary>The type of a value's components.</summary>
    public string NameOf(ComponentType type) => type switch
    {
        ComponentType.Mask => "bool",
        ComponentType.Index => Index,
        _ => Real,
    };

    /// <summary>A number, rounded to the element type.</summary>
    public string Literal(double number)
    {
        if (IsSingle)
        {
            var single = (float)number;
            if (!float.IsFinite(single)) return Invariant($"__int_as_float(0x{BitConverter.SingleToUInt32Bits(single):x8})");
            return Signed(Pointed(single.ToString("R", CultureInfo.InvariantCulture)) + "f", float.IsNegative(single));
        }

        if (!double.IsFinite(number))
            return Invariant($"__longlong_as_double(0x{BitConverter.DoubleToUInt64Bits(number):x16}LL)");
        return Signed(Pointed(number.ToString("R", CultureInfo.InvariantCulture)), double.IsNegative(number));
    }

    /// <summary>What every component of a state's part starts from.</summary>
    public string Identity(Reductions.StatePart part) =>
        part.Type == ComponentType.Index ? ((long)part.Identity).ToString(CultureInfo.InvariantCulture) : Literal(part.Identity);

    static string Pointed(string digits) => digits.AsSpan().IndexOfAny('.', 'E') < 0 ? digits + ".0" : digits;

    static string Signed(string literal, bool negative) => negative ? $"({literal})" : literal;

    static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
