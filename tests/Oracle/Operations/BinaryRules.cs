using static Distributed.Keops.Oracle.PointRules;

namespace Distributed.Keops.Oracle;

/// <summary>Constants and functions of two or three vectors, component by component; one component meets any number.</summary>
static class BinaryRules
{
    public static readonly Dictionary<string, PointRule> All = new()
    {
        ["IntCst"] = (f, _) => [f.Parameters[0]],
        ["RatCst"] = (f, _) => [(double)f.Parameters[0] / f.Parameters[1]],
        ["Zero"] = (f, _) => new double[f.Dim],
        ["Add"] = Map((x, y) => x + y),
        ["Subtract"] = Map((x, y) => x - y),
        ["Mult"] = Map((x, y) => x * y),
        ["Divide"] = Map((x, y) => x / y),
        ["Powf"] = Map(Math.Pow),
        ["Atan2"] = Map(Math.Atan2),
        ["Equal"] = Map((x, y) => x == y ? 1 : 0),
        ["NotEqual"] = Map((x, y) => x != y ? 1 : 0),
        ["LessThan"] = Map((x, y) => x < y ? 1 : 0),
        ["LessOrEqual"] = Map((x, y) => x <= y ? 1 : 0),
        // The lower bound is tested first: with swapped bounds a value below a gives a, any other b.
        ["Clamp"] = Map((x, a, b) => x < a ? a : x > b ? b : x),
        // 0 takes the first branch, NaN the second.
        ["IfElse"] = Map((x, a, b) => x >= 0 ? a : b),
        ["Mod"] = Map((x, n, d) => x - n * Math.Floor((x - d) / n)),
    };
}
