using System.Runtime.CompilerServices;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// The rare functions that the framework has for single numbers only: lane by lane, in double precision. Slow (some
/// 10 ns a lane) and as accurate as <see cref="Math"/>.
/// </summary>
static class ScalarMath<V, T>
    where V : unmanaged
    where T : unmanaged
{
    public static V Asin(V a) => Map(a, Math.Asin);

    public static V Acos(V a) => Map(a, Math.Acos);

    public static V Atan(V a) => Map(a, Math.Atan);

    public static V Atan2(V a, V b) => Map(a, b, Math.Atan2);

    static unsafe V Map(V a, Func<double, double> function)
    {
        for (var lane = 0; lane < sizeof(V) / sizeof(T); lane++) Set(ref a, lane, function(Get(ref a, lane)));
        return a;
    }

    static unsafe V Map(V a, V b, Func<double, double, double> function)
    {
        for (var lane = 0; lane < sizeof(V) / sizeof(T); lane++) Set(ref a, lane, function(Get(ref a, lane), Get(ref b, lane)));
        return a;
    }

    static double Get(ref V vector, int lane) => typeof(T) == typeof(float)
        ? Unsafe.Add(ref Unsafe.As<V, float>(ref vector), lane)
        : Unsafe.Add(ref Unsafe.As<V, double>(ref vector), lane);

    static void Set(ref V vector, int lane, double number)
    {
        if (typeof(T) == typeof(float)) Unsafe.Add(ref Unsafe.As<V, float>(ref vector), lane) = (float)number;
        else Unsafe.Add(ref Unsafe.As<V, double>(ref vector), lane) = number;
    }
}
