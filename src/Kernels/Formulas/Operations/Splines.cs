using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>B-spline bases.</summary>
static class Splines
{
    /// <summary>
    /// All basis functions of degree k over the knots t at x, by the recurrence of de Boor and Cox (1972) with 0/0 = 0. It is a formula,
    /// so it has gradients by x and by the knots.
    /// </summary>
    public static readonly Abbreviation BSpline = new()
    {
        Name = "BSpline",
        Formulas = 2..2,
        Parameters = ["k"],
        Expand = (a, p) =>
        {
            var (t, x, degree) = (a[0], a[1], p[0]);
            if (x.Dim != 1) throw new FormulaException($"BSpline at a point of dimension {x.Dim}: expected 1.");
            if (degree < 0 || t.Dim < degree + 2)
                throw new FormulaException(
                    $"BSpline of degree {degree} with {t.Dim} knots: expected a degree of at least 0 and {(long)degree + 2} knots.");
            var basis = (t.Extract(0, t.Dim - 1) <= x) * (x < t.Extract(1, t.Dim - 1));
            for (var k = 1; k <= degree; k++)
            {
                var count = t.Dim - 1 - k;
                basis = Quotient(x - t.Extract(0, count), t.Extract(k, count) - t.Extract(0, count)) * basis.Extract(0, count)
                    + Quotient(t.Extract(k + 1, count) - x, t.Extract(k + 1, count) - t.Extract(1, count)) * basis.Extract(1, count);
            }

            return basis;
        },
    };

    public static readonly ImmutableArray<FormulaFunction> All = [BSpline];

    /// <summary>a / b, or 0 where b is 0.</summary>
    static Formula Quotient(Formula a, Formula b)
    {
        var isZero = b.EqualTo(0);
        return (1 - isZero) * (a / (b + isZero));
    }
}
