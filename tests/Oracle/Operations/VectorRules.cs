using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Oracle;

/// <summary>Operations that look at a vector as a whole: sums, norms, extremes, cutting and joining.</summary>
static class VectorRules
{
    public static readonly Dictionary<string, PointRule> All = new()
    {
        ["Scalprod"] = (_, a) => [Dot(a[0], a[1])],
        ["SqNorm2"] = (_, a) => [Dot(a[0], a[0])],
        ["Norm2"] = (_, a) => [Math.Sqrt(Dot(a[0], a[0]))],
        ["Normalize"] = (_, a) => Normalize(a[0]),
        ["SqDist"] = (_, a) => [SquaredDistance(a[0], a[1])],
        ["WeightedSqNorm"] = (_, a) => [WeightedSquare(a[0], a[1])],
        ["SqNormIso"] = (_, a) => [.. a[0].Select(s => s * Dot(a[1], a[1]))],
        ["SqNormDiag"] = (_, a) => [Dot(a[0], [.. a[1].Select(x => x * x)])],
        ["SymSqNorm"] = (_, a) => [WeightedSquare(a[0], a[1])],
        ["WeightedSqDist"] = (_, a) => [WeightedSquare(a[0], Difference(a[1], a[2]))],
        ["Sum"] = (_, a) => [a[0].Sum()],
        ["Max"] = (_, a) => [a[0][First(a[0], (x, best) => x > best)]],
        ["Min"] = (_, a) => [a[0][First(a[0], (x, best) => x < best)]],
        ["ArgMax"] = (_, a) => [First(a[0], (x, best) => x > best)],
        ["ArgMin"] = (_, a) => [First(a[0], (x, best) => x < best)],
        ["Elem"] = (f, a) => [a[0][f.Parameters[0]]],
        ["Extract"] = (f, a) => a[0][f.Parameters[0]..(f.Parameters[0] + f.Parameters[1])],
        // (size, position): the other way round than Elem's neighbours.
        ["ElemT"] = (f, a) => Placed(a[0], start: f.Parameters[1], size: f.Parameters[0]),
        ["ExtractT"] = (f, a) => Placed(a[0], start: f.Parameters[0], size: f.Parameters[1]),
        ["SumT"] = (f, a) => [.. Enumerable.Repeat(a[0][0], f.Dim)],
        ["OneHot"] = (f, a) => OneHot(a[0][0], f.Dim),
        ["Concat"] = (_, a) => [.. a.SelectMany(part => part)],
        ["Factorize"] = (_, a) => a[0],
        ["AutoFactorize"] = (_, a) => a[0],
    };

    public static double[] Difference(double[] x, double[] y) =>
        [.. Enumerable.Range(0, Math.Max(x.Length, y.Length)).Select(k => PointRules.At(x, k) - PointRules.At(y, k))];

    static double Dot(double[] x, double[] y) =>
        Enumerable.Range(0, Math.Max(x.Length, y.Length)).Sum(k => PointRules.At(x, k) * PointRules.At(y, k));

    static double SquaredDistance(double[] x, double[] y)
    {
        var difference = Difference(x, y);
        return Dot(difference, difference);
    }

    static double[] Normalize(double[] x)
    {
        var scale = UnaryRules.ReciprocalRoot(Dot(x, x));
        return [.. x.Select(component => scale * component)];
    }

    // One weight, a diagonal, or a full row-major matrix that is not symmetrised.
    static double WeightedSquare(double[] s, double[] x)
    {
        var d = x.Length;
        if (s.Length == 1) return s[0] * Dot(x, x);
        if (s.Length == d) return Enumerable.Range(0, d).Sum(k => s[k] * x[k] * x[k]);
        return Enumerable.Range(0, d * d).Sum(kl => s[kl] * x[kl / d] * x[kl % d]);
    }

    static int First(double[] x, Func<double, double, bool> better)
    {
        var best = 0;
        for (var k = 1; k < x.Length; k++)
            if (better(x[k], x[best])) best = k;
        return best;
    }

    static double[] Placed(double[] x, int start, int size)
    {
        var result = new double[size];
        x.CopyTo(result, start);
        return result;
    }

    // KeOps leaves an index out of range undefined; here it gives zeros.
    static double[] OneHot(double x, int size)
    {
        var result = new double[size];
        var index = Math.Truncate(x + 0.5);
        if (index >= 0 && index < size) result[(int)index] = 1;
        return result;
    }
}
