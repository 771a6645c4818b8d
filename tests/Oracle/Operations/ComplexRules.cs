using System.Numerics;

namespace Distributed.Keops.Oracle;

/// <summary>Complex operations on interleaved (re, im) vectors, by way of <see cref="Complex"/>.</summary>
static class ComplexRules
{
    public static readonly Dictionary<string, PointRule> All = new()
    {
        // Real and imaginary parts put together; the language's own, KeOps has no name for it.
        ["Complex"] = (f, a) => Join(
            Enumerable.Range(0, f.Dim / 2).Select(k => new Complex(PointRules.At(a[0], k), PointRules.At(a[1], k)))),
        ["ComplexReal"] = ToReal(z => z.Real),
        ["ComplexImag"] = ToReal(z => z.Imaginary),
        ["ComplexAbs"] = ToReal(z => Math.Sqrt(z.Real * z.Real + z.Imaginary * z.Imaginary)),
        ["ComplexAngle"] = ToReal(z => z == Complex.Zero ? 0 : Math.Atan2(z.Imaginary, z.Real)),
        ["ComplexSquareAbs"] = ToReal(z => z.Real * z.Real + z.Imaginary * z.Imaginary),
        ["Conj"] = ToComplex(Complex.Conjugate),
        ["ComplexExp"] = ToComplex(z => Math.Exp(z.Real) * Turn(z.Imaginary)),
        ["ComplexExp1j"] = (_, a) => Join(a[0].Select(Turn)),
        ["Real2Complex"] = (_, a) => Join(a[0].Select(x => new Complex(x, 0))),
        ["Imag2Complex"] = (_, a) => Join(a[0].Select(x => new Complex(0, x))),
        ["ComplexAdd"] = Pairwise((x, y) => x + y),
        ["ComplexSubtract"] = Pairwise((x, y) => x - y),
        ["ComplexMult"] = Pairwise((x, y) => x * y),
        ["ComplexDivide"] = Pairwise(Divide),
        ["ComplexRealScal"] = (_, a) => RealTimesComplex(a[0], a[1]),
        ["ComplexSum"] = (_, a) => Join([Split(a[0]).Aggregate(Complex.Zero, (sum, z) => sum + z)]),
        ["ComplexSumT"] = (f, a) => Join(Enumerable.Repeat(Split(a[0])[0], f.Dim / 2)),
    };

    static PointRule ToReal(Func<Complex, double> function) => (_, a) => [.. Split(a[0]).Select(function)];

    static PointRule ToComplex(Func<Complex, Complex> function) => (_, a) => Join(Split(a[0]).Select(function));

    // One complex number meets any number of them.
    static PointRule Pairwise(Func<Complex, Complex, Complex> function) => (_, a) =>
    {
        var (x, y) = (Split(a[0]), Split(a[1]));
        return Join(Enumerable.Range(0, Math.Max(x.Length, y.Length))
            .Select(k => function(x[x.Length == 1 ? 0 : k], y[y.Length == 1 ? 0 : k])));
    };

    // The textbook quotient x·conj(y)/|y|²; Complex's own rescales, which is finer than the definition asks.
    static Complex Divide(Complex x, Complex y)
    {
        var scale = y.Real * y.Real + y.Imaginary * y.Imaginary;
        var product = x * Complex.Conjugate(y);
        return new Complex(product.Real / scale, product.Imaginary / scale);
    }

    // The real scalar may stand on either side.
    static double[] RealTimesComplex(double[] x, double[] y)
    {
        var (scalar, vector) = x.Length == 1 ? (x[0], y) : (y[0], x);
        return [.. vector.Select(component => scalar * component)];
    }

    static Complex Turn(double angle) => new(Math.Cos(angle), Math.Sin(angle));

    static Complex[] Split(double[] interleaved) => [.. interleaved.Chunk(2).Select(pair => new Complex(pair[0], pair[1]))];

    static double[] Join(IEnumerable<Complex> values) => [.. values.SelectMany(z => (double[])[z.Real, z.Imaginary])];
}
