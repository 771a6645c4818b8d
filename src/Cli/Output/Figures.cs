using System.Globalization;

namespace Distributed.Keops.Cli.Output;

/// <summary>Numbers for people, the same in every culture.</summary>
static class Figures
{
    static readonly string[] Prefixes = ["", " k", " M", " G", " T", " P", " E"];

    /// <summary>Three digits and a prefix of powers of 1000: <c>400 M</c>.</summary>
    public static string Short(double number)
    {
        var prefix = 0;
        for (; Math.Abs(number) >= 999.5 && prefix < Prefixes.Length - 1; prefix++) number /= 1000;
        return number.ToString(prefix == 0 ? "0.###" : "G3", CultureInfo.InvariantCulture) + Prefixes[prefix];
    }

    /// <summary>A duration in seconds: <c>0.0312 s</c>.</summary>
    public static string Seconds(double seconds) => seconds.ToString("G3", CultureInfo.InvariantCulture) + " s";

    /// <summary>A count with its thousands apart.</summary>
    public static string Count(double count) => count.ToString("#,0", CultureInfo.InvariantCulture);

    /// <summary>A value as the shortest text that reads back to it; <c>null</c> for none.</summary>
    public static string Value(object? value) => value is null ? "null" : string.Create(CultureInfo.InvariantCulture, $"{value}");
}
