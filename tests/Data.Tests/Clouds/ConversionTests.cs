namespace Distributed.Keops.Data.Tests;

public class ConversionTests
{
    [Fact]
    public void Integers_round_once_to_the_nearest()
    {
        Assert.Equal(16777216f, Conversion.Convert<int, float>(16777217));
        Assert.Equal(16777220f, Conversion.Convert<int, float>(16777219));
        Assert.Equal(9007199254740992.0, Conversion.Convert<long, double>(9007199254740993));
        // Through double this would lie halfway and fall to even.
        Assert.Equal(9223373136366403584f, Conversion.Convert<ulong, float>(0x8000_0080_0000_0001));
        Assert.Equal(18446744073709551616.0, Conversion.Convert<ulong, double>(ulong.MaxValue));
        Assert.Equal(9223373136366403584f, Conversion.Convert<long, float>(0x4000_0040_0000_0001) * 2);
    }

    [Fact]
    public void Doubles_beyond_float32_become_infinite_and_NaN_stays()
    {
        Assert.Equal(float.PositiveInfinity, Conversion.Convert<double, float>(1e300));
        Assert.Equal(float.NaN, Conversion.Convert<double, float>(double.NaN));
        Assert.Equal(0.1f, Conversion.Convert<double, float>(0.1));
    }

    [Fact]
    public void To_half_everything_rounds_once()
    {
        Assert.Equal((Half)2048, Conversion.Convert<int, Half>(2049));
        Assert.Equal((Half)2052, Conversion.Convert<long, Half>(2051));
        Assert.Equal(Half.PositiveInfinity, Conversion.Convert<int, Half>(70_000));
        Assert.Equal(Half.NegativeInfinity, Conversion.Convert<double, Half>(-65_520));
        Assert.Equal(Half.MinValue, Conversion.Convert<double, Half>(-65_519));
        Assert.True(Half.IsNaN(Conversion.Convert<float, Half>(float.NaN)));
        // Through float32 this would lie halfway and fall to even.
        Assert.Equal(Half.BitIncrement((Half)1), Conversion.Convert<double, Half>(1 + Math.ScaleB(1, -11) + Math.ScaleB(1, -40)));
        Assert.Equal((Half)0.1, Conversion.Convert<decimal, Half>(0.1m));
        Assert.Equal((Half)1, Conversion.Convert<bool, Half>(true));
    }

    [Fact]
    public void Flags_halves_and_decimals_are_numbers()
    {
        Assert.Equal(1f, Conversion.Convert<bool, float>(true));
        Assert.Equal(0.0, Conversion.Convert<bool, double>(false));
        Assert.Equal(1.5, Conversion.Convert<Half, double>((Half)1.5));
        Assert.Equal(0.1, Conversion.Convert<decimal, double>(0.1m));
        Assert.Equal(0.1f, Conversion.Convert<decimal, float>(0.1m));
    }
}
