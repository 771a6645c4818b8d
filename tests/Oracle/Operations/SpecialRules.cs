namespace Distributed.Keops.Oracle;

/// <summary>B-splines and soft dynamic time warping.</summary>
static class SpecialRules
{
    public static readonly Dictionary<string, PointRule> All = new()
    {
        ["BSpline"] = (f, a) => BSpline(knots: a[0], x: a[1][0], degree: f.Parameters[0]),
        ["SoftDTW_SqDist"] = (_, a) => [SoftDtw(a[0], a[1], a[2][0])],
        ["SoftDTW_SqDistGradX"] = (_, a) => [.. a[0].Select((_, k) => Slope(a[0], a[1], a[2][0], k, -1))],
        ["SoftDTW_SqDistGradY"] = (_, a) => [.. a[1].Select((_, k) => Slope(a[0], a[1], a[2][0], -1, k))],
    };

    // Cox and de Boor's recursion as it stands in the books, with 0/0 := 0.
    static double[] BSpline(double[] knots, double x, int degree)
    {
        return [.. Enumerable.Range(0, knots.Length - degree - 1).Select(j => Basis(j, degree))];

        // Intervals are half open, so that x at the last knot belongs to none.
        double Basis(int j, int k) => k == 0
            ? (knots[j] <= x && x < knots[j + 1] ? 1 : 0)
            : Share(x - knots[j], knots[j + k] - knots[j]) * Basis(j, k - 1)
                + Share(knots[j + k + 1] - x, knots[j + k + 1] - knots[j + 1]) * Basis(j + 1, k - 1);

        static double Share(double part, double whole) => whole == 0 ? 0 : part / whole;
    }

    static double SoftDtw(double[] x, double[] y, double gamma)
    {
        var cost = new double[x.Length, y.Length];
        for (var i = 0; i < x.Length; i++)
        {
            for (var j = 0; j < y.Length; j++)
            {
                var before = (i, j) switch
                {
                    (0, 0) => 0,
                    (0, _) => cost[0, j - 1],
                    (_, 0) => cost[i - 1, 0],
                    _ => SoftMin(gamma, cost[i - 1, j - 1], cost[i - 1, j], cost[i, j - 1]),
                };
                cost[i, j] = (x[i] - y[j]) * (x[i] - y[j]) + before;
            }
        }
        return cost[x.Length - 1, y.Length - 1];
    }

    // Forward: how each cell changes with x_k or y_k. A soft minimum changes by the mean of its costs' changes, weighted by exp(−r/γ).
    static double Slope(double[] x, double[] y, double gamma, int ofX, int ofY)
    {
        var (cost, slope) = (new double[x.Length + 1, y.Length + 1], new double[x.Length + 1, y.Length + 1]);
        for (var i = 0; i <= x.Length; i++)
            for (var j = 0; j <= y.Length; j++) cost[i, j] = i + j == 0 ? 0 : double.PositiveInfinity;
        for (var i = 1; i <= x.Length; i++)
        {
            for (var j = 1; j <= y.Length; j++)
            {
                (double Cost, double Slope)[] before =
                    [(cost[i - 1, j - 1], slope[i - 1, j - 1]), (cost[i - 1, j], slope[i - 1, j]), (cost[i, j - 1], slope[i, j - 1])];
                var least = before.Min(r => r.Cost);
                var weights = before.Select(r => Math.Exp((least - r.Cost) / gamma)).ToArray();
                var difference = x[i - 1] - y[j - 1];
                cost[i, j] = difference * difference + least - gamma * Math.Log(weights.Sum());
                slope[i, j] = 2 * difference * ((i - 1 == ofX ? 1 : 0) - (j - 1 == ofY ? 1 : 0))
                    + before.Zip(weights, (r, w) => r.Slope * w).Sum() / weights.Sum();
            }
        }
        return slope[x.Length, y.Length];
    }

    // −γ·log Σ exp(−r/γ), taken relative to the smallest r so that nothing overflows.
    static double SoftMin(double gamma, params double[] costs)
    {
        var least = costs.Min();
        return least - gamma * Math.Log(costs.Sum(cost => Math.Exp((least - cost) / gamma)));
    }
}
