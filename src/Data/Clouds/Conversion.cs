using System.Globalization;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Distributed.Keops.Data;

/// <summary>
/// The one rule by which stored numbers become the cloud's dtype: the nearest representable value, ties to even (IEEE 754), so
/// that integers above 2^11 (float16), 2^24 (float32) or 2^53 (float64) and doubles read as less are rounded, numbers beyond the range
/// become infinite, NaN stays NaN, and bool reads as 0 and 1. Nothing else converts.
/// </summary>
internal static unsafe class Conversion
{
    /// <summary>Writes <paramref name="values"/>, <paramref name="width"/> of them side by side, then the next <paramref name="stride"/>
    /// values on.</summary>
    public static void Scatter<TIn, TOut>(ReadOnlySpan<TIn> values, TOut* target, int stride, int width)
        where TIn : unmanaged where TOut : unmanaged, INumber<TOut>
    {
        if (typeof(TIn) == typeof(TOut) && stride == width)
            MemoryMarshal.Cast<TIn, TOut>(values).CopyTo(new Span<TOut>(target, values.Length));
        else if (width == 1)
            ScatterOne(values, target, stride);
        else
            for (var at = 0; at < values.Length; at += width, target += stride)
                for (var c = 0; c < width; c++)
                    target[c] = Convert<TIn, TOut>(values[at + c]);
    }

    static void ScatterOne<TIn, TOut>(ReadOnlySpan<TIn> values, TOut* target, nint stride)
        where TIn : unmanaged where TOut : unmanaged, INumber<TOut>
    {
        foreach (var value in values)
        {
            *target = Convert<TIn, TOut>(value);
            target += stride;
        }
    }

    /// <summary>The types are constants to the JIT: one branch is left of all these.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TOut Convert<TIn, TOut>(TIn value) where TIn : unmanaged where TOut : unmanaged, INumber<TOut>
    {
        if (typeof(TIn) == typeof(TOut)) return (TOut)(object)value;
        if (typeof(TIn) == typeof(float)) return TOut.CreateTruncating((float)(object)value);
        if (typeof(TIn) == typeof(double)) return TOut.CreateTruncating((double)(object)value);
        if (typeof(TIn) == typeof(Half)) return TOut.CreateTruncating((float)(Half)(object)value);
        if (typeof(TIn) == typeof(int)) return TOut.CreateTruncating((int)(object)value);
        if (typeof(TIn) == typeof(long)) return TOut.CreateTruncating((long)(object)value);
        if (typeof(TIn) == typeof(short)) return TOut.CreateTruncating((short)(object)value);
        if (typeof(TIn) == typeof(sbyte)) return TOut.CreateTruncating((sbyte)(object)value);
        if (typeof(TIn) == typeof(byte)) return TOut.CreateTruncating((byte)(object)value);
        if (typeof(TIn) == typeof(ushort)) return TOut.CreateTruncating((ushort)(object)value);
        if (typeof(TIn) == typeof(uint)) return TOut.CreateTruncating((uint)(object)value);
        if (typeof(TIn) == typeof(ulong)) return FromUInt64<TOut>((ulong)(object)value);
        if (typeof(TIn) == typeof(bool)) return (bool)(object)value ? TOut.One : TOut.Zero;
        // The framework's cast of a decimal is not always the nearest value; its parser is.
        if (typeof(TIn) == typeof(decimal)) return TOut.Parse(((decimal)(object)value).ToString(CultureInfo.InvariantCulture),
            NumberStyles.Float, CultureInfo.InvariantCulture);
        throw new NotSupportedException($"{typeof(TIn).Name} is no number.");
    }

    /// <summary>Above 2^63 some machines go through double and round twice; halving with a sticky last bit rounds once.</summary>
    static TOut FromUInt64<TOut>(ulong value) where TOut : INumber<TOut> =>
        value <= long.MaxValue
            ? TOut.CreateTruncating((long)value)
            : TOut.CreateTruncating((long)(value >> 1 | value & 1)) * TOut.CreateTruncating(2);
}
