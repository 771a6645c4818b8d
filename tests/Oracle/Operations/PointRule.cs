using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>The value of one operation at one pair, from the values of its arguments.</summary>
/// <param name="formula">The node, for its integer parameters and dimension.</param>
/// <param name="arguments">The values of its arguments, in order.</param>
delegate double[] PointRule(Formula formula, double[][] arguments);

/// <summary>Ways to write the common kinds of rule in one line.</summary>
static class PointRules
{
    /// <summary>A scalar function applied to every component.</summary>
    public static PointRule Map(Func<double, double> function) => (_, a) => [.. a[0].Select(function)];

    /// <summary>A scalar function of integer parameters, applied to every component.</summary>
    public static PointRule Map(Func<double, IReadOnlyList<int>, double> function) =>
        (f, a) => [.. a[0].Select(x => function(x, f.Parameters))];

    /// <summary>A function of two scalars; a vector of one component is repeated to the length of the other.</summary>
    public static PointRule Map(Func<double, double, double> function) =>
        (_, a) => Spread(a, k => function(At(a[0], k), At(a[1], k)));

    /// <summary>A function of three scalars, with the same repetition.</summary>
    public static PointRule Map(Func<double, double, double, double> function) =>
        (_, a) => Spread(a, k => function(At(a[0], k), At(a[1], k), At(a[2], k)));

    /// <summary>Component k of a vector, or its only component.</summary>
    public static double At(double[] vector, int k) => vector.Length == 1 ? vector[0] : vector[k];

    static double[] Spread(double[][] arguments, Func<int, double> component) =>
        [.. Enumerable.Range(0, arguments.Max(a => a.Length)).Select(component)];
}
