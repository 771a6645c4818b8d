using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>float16 values as float32 and back.</summary>
static class HalfValues
{
    // Exponents of float16 are biased by 15, those of float32 by 127.
    const float Rebias = 5.192296858534828e33f; // 2^112

    /// <summary>Widens values; each is exact, subnormal ones, infinities and NaN too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Widen(ReadOnlySpan<Half> values, Span<float> result)
    {
        var bits = MemoryMarshal.Cast<Half, ushort>(values);
        var target = result[..values.Length];
        var at = 0;
        for (; at <= bits.Length - Vector128<ushort>.Count; at += Vector128<ushort>.Count)
        {
            var wide = Vector256.Create(
                Vector128.WidenLower(Vector128.Create(bits[at..])), Vector128.WidenUpper(Vector128.Create(bits[at..])));
            Widen(wide).CopyTo(target[at..]);
        }

        for (; at < bits.Length; at++) target[at] = (float)values[at];
    }

    /// <summary>
    /// Exponent and fraction stand where float32 has them, but with float16's bias: one exact multiplication puts it right, and makes
    /// normal numbers of subnormal ones.
    /// </summary>
    static Vector256<float> Widen(Vector256<uint> half)
    {
        var magnitude = (half & Vector256.Create(0x7FFFu)) << 13;
        var special = Vector256.GreaterThanOrEqual(magnitude, Vector256.Create(0x7C00u << 13)) & Vector256.Create(0x7F800000u);
        var sign = (half & Vector256.Create(0x8000u)) << 16;
        return ((magnitude.AsSingle() * Vector256.Create(Rebias)).AsUInt32() | special | sign).AsSingle();
    }
}
