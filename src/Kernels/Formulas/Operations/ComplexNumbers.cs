using System.Collections.Immutable;

namespace Distributed.Keops.Kernels.Formulas;

/// <summary>
/// Complex vectors of d components as real ones of 2d: re, im, re, im … Three operations take them apart and put them
/// together, all else is real arithmetic in between; gradients are those of the real vectors.
/// </summary>
static class ComplexNumbers
{
    /// <summary>re + i·im; the only name here that KeOps does not have.</summary>
    public static readonly Operation Complex = new()
    {
        Name = "Complex",
        Arity = 2,
        Dim = (a, _) => (int)Math.Min(2L * Broadcasting.Dim("Complex", a), int.MaxValue),
        Simplify = (a, _) => a[0].IsZero && a[1].IsZero ? Formula.Zero(2 * Math.Max(a[0].Dim, a[1].Dim)) : null,
        Gradient = (f, k, e) => (k == 0 ? Real(e) : Imag(e)).Fit(f.Arguments[k].Dim),
        Lower = (b, f, v) =>
        {
            var d = f.Dim / 2;
            var parts = b.Concat(b.Broadcast(v[0], d), b.Broadcast(v[1], d));
            return b.Gather(parts, [.. Enumerable.Range(0, 2 * d).Select(k => k / 2 + k % 2 * d)]);
        },
    };

    public static readonly Operation ComplexReal = Part("ComplexReal", 0, e => Pair(e, Formula.Zero(e.Dim)));

    public static readonly Operation ComplexImag = Part("ComplexImag", 1, e => Pair(Formula.Zero(e.Dim), e));

    public static readonly ImmutableArray<FormulaFunction> All =
    [
        Complex, ComplexReal, ComplexImag,
        Of("Real2Complex", x => Pair(x, Formula.Zero(x.Dim))),
        Of("Imag2Complex", x => Pair(Formula.Zero(x.Dim), x)),
        Of("ComplexExp1j", x => Pair(x.Cos(), x.Sin())),
        Of("Conj", z => Pair(Real(z), -Imag(z))),
        Of("ComplexAbs", z => SquareAbs(z).Sqrt()),
        Of("ComplexSquareAbs", SquareAbs),
        Of("ComplexAngle", z => Imag(z).Atan2(Real(z))),
        Of("ComplexExp", z => Pair(Real(z).Exp() * Imag(z).Cos(), Real(z).Exp() * Imag(z).Sin())),
        Of("ComplexSum", z => Pair(Real(z).Sum(), Imag(z).Sum())),
        Of2("ComplexAdd", (a, b) => Pair(Real(a) + Real(b), Imag(a) + Imag(b))),
        Of2("ComplexSubtract", (a, b) => Pair(Real(a) - Real(b), Imag(a) - Imag(b))),
        Of2("ComplexMult", Product),
        Of2("ComplexDivide", (a, b) =>
        {
            var size = SquareAbs(b);
            var product = Product(a, Pair(Real(b), -Imag(b)));
            return Pair(Real(product) / size, Imag(product) / size);
        }),
        Of2("ComplexRealScal", Scale),
        new Abbreviation
        {
            Name = "ComplexSumT",
            Formulas = 1..1,
            Parameters = ["dim"],
            Expand = (a, p) => a[0].Dim == 2 && p[0] >= 2 && p[0] % 2 == 0
                ? Pair(Real(a[0]).SumT(p[0] / 2), Imag(a[0]).SumT(p[0] / 2))
                : throw new FormulaException($"ComplexSumT of dimension {a[0].Dim} to {p[0]}: expected 2 to an even dimension."),
        },
    ];

    static Formula Pair(Formula re, Formula im) => Complex.Apply(re, im);

    static Formula Real(Formula z) => ComplexReal.Apply(z);

    static Formula Imag(Formula z) => ComplexImag.Apply(z);

    static Formula SquareAbs(Formula z) => Real(z).Square() + Imag(z).Square();

    static Formula Product(Formula a, Formula b) =>
        Pair(Real(a) * Real(b) - Imag(a) * Imag(b), Real(a) * Imag(b) + Imag(a) * Real(b));

    /// <summary>A real number, of dimension 1, times a complex vector, in either order.</summary>
    static Formula Scale(Formula a, Formula b)
    {
        var (s, z) = a.Dim == 1 ? (a, b) : (b, a);
        if (s.Dim != 1 || z.Dim % 2 != 0)
            throw new FormulaException($"ComplexRealScal of dimensions {a.Dim} and {b.Dim}: expected 1 and an even one.");
        return s * z;
    }

    static Operation Part(string name, int offset, Func<Formula, Formula> gradient) => new()
    {
        Name = name,
        Arity = 1,
        Dim = (a, _) => a[0].Dim % 2 == 0 ? a[0].Dim / 2
            : throw new FormulaException($"{name} of dimension {a[0].Dim}: expected an even one, real and imaginary parts alternating."),
        Simplify = (a, _) => a[0].IsZero ? Formula.Zero(a[0].Dim / 2)
            : a[0].Operation == Complex ? a[0].Arguments[offset].Fit(a[0].Dim / 2)
            : null,
        Gradient = (_, _, e) => gradient(e),
        Lower = (b, f, v) => b.Gather(v[0], [.. Enumerable.Range(0, f.Dim).Select(k => 2 * k + offset)]),
    };

    static Abbreviation Of(string name, Func<Formula, Formula> expand) => new(
        ) { Name = name, Formulas = 1..1, Expand = (a, _) => expand(a[0]) };

    static Abbreviation Of2(string name, Func<Formula, Formula, Formula> expand) =>
        new() { Name = name, Formulas = 2..2, Expand = (a, _) => expand(a[0], a[1]) };
}
