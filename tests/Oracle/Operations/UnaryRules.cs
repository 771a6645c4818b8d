using static Distributed.Keops.Oracle.PointRules;

namespace Distributed.Keops.Oracle;

/// <summary>Functions of one vector, component by component, with KeOps' values at the edges.</summary>
static class UnaryRules
{
    public static readonly Dictionary<string, PointRule> All = new()
    {
        ["Abs"] = Map(Math.Abs),
        ["Minus"] = Map(x => -x),
        ["Exp"] = Map(Math.Exp),
        ["Log"] = Map(x => Math.Log(x)),
        ["XLogX"] = Map(x => x == 0 ? 0 : x * Math.Log(x)),
        ["Cos"] = Map(Math.Cos),
        ["Sin"] = Map(Math.Sin),
        ["SinXDivX"] = Map(x => x == 0 ? 1 : Math.Sin(x) / x),
        ["Asin"] = Map(Math.Asin),
        ["Acos"] = Map(Math.Acos),
        ["Atan"] = Map(Math.Atan),
        ["Sqrt"] = Map(Math.Sqrt),
        ["Rsqrt"] = Map(ReciprocalRoot),
        ["Square"] = Map(x => x * x),
        ["Inv"] = Map(x => 1 / x),
        ["Pow"] = Map((x, p) => Math.Pow(x, p[0])),
        ["Sign"] = Map(x => x > 0 ? 1 : x < 0 ? -1 : 0),
        // Written so that NaN gives 1 in Step and NaN in ReLU, as in KeOps.
        ["Step"] = Map(x => x < 0 ? 0 : 1),
        ["ReLU"] = Map(x => x < 0 ? 0 : x),
        ["Floor"] = Map(Math.Floor),
        ["Round"] = Map((x, p) => Round(x, p[0])),
        ["DiffClampInt"] = Map((x, p) => p[0] <= x && x <= p[1] ? 1 : 0),
        ["ClampInt"] = Map((x, p) => x < p[0] ? p[0] : x > p[1] ? p[1] : x),
    };

    /// <summary>1/√x, but 0 at 0: this is what makes the gradient of a norm vanish at the origin.</summary>
    public static double ReciprocalRoot(double x) => x == 0 ? 0 : 1 / Math.Sqrt(x);

    // C's round: halves go away from zero. Digits scale in floating point, so that 10^-1 is 0.1 and not a tenth.
    static double Round(double x, int digits)
    {
        if (digits == 0) return Math.Round(x, MidpointRounding.AwayFromZero);
        var scale = Math.Pow(10, digits);
        return Math.Round(x * scale, MidpointRounding.AwayFromZero) / scale;
    }
}
