namespace Distributed.Keops.Kernels.Formulas;

/// <summary>The value of a constant formula while constants are folded; the denominator is positive.</summary>
readonly record struct Rational(long Numerator, long Denominator)
{
    public static Rational operator -(Rational a) => new(-a.Numerator, a.Denominator);

    // Numerators and denominators are 32-bit, so no product or sum of two products overflows.
    public static Rational operator +(Rational a, Rational b) =>
        new(a.Numerator * b.Denominator + b.Numerator * a.Denominator, a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + -b;

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) =>
        b.Numerator > 0
            ? new(a.Numerator * b.Denominator, a.Denominator * b.Numerator)
            : new(-a.Numerator * b.Denominator, -a.Denominator * b.Numerator);

    /// <summary>The constant as a formula, or null when it does not fit 32-bit integers.</summary>
    public Formula? ToFormula()
    {
        var (p, q) = Reduced();
        if (p != (int)p || q != (int)q) return null;
        return q == 1 ? Formula.IntCst((int)p) : Formula.RatCst((int)p, (int)q);
    }

    public Rational Reduced()
    {
        var (a, b) = (Math.Abs(Numerator), Denominator);
        while (b != 0) (a, b) = (b, a % b);
        return a == 0 ? new(0, 1) : new(Numerator / a, Denominator / a);
    }
}
