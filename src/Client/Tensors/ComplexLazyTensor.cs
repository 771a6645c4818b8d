using System.Numerics;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// A <see cref="LazyTensor"/> of complex numbers. Its formula holds real and imaginary parts in turn, so that <see cref="LazyTensor.Dim"/>
/// is twice the length of the vector; shapes count complex numbers. Sums of it are complex arrays.
/// </summary>
public sealed class ComplexLazyTensor : LazyTensor
{
    internal ComplexLazyTensor(Formula formula, TensorContext context)
        : base(formula, context)
    {
    }

    /// <inheritdoc/>
    public override bool IsComplex => true;

    /// <summary>The real parts.</summary>
    public LazyTensor Real => Parts("ComplexReal");

    /// <summary>The imaginary parts.</summary>
    public LazyTensor Imag => Parts("ComplexImag");

    /// <inheritdoc/>
    public override ComplexLazyTensor T => (ComplexLazyTensor)base.T;

    /// <inheritdoc/>
    public override ComplexLazyTensor this[int index] => Elem(index);

    /// <inheritdoc/>
    public override ComplexLazyTensor this[Range range] => (ComplexLazyTensor)base[range];

    private protected override int Length => Dim / 2;

    /// <summary>A parameter of complex numbers, in the precision of whatever it is combined with.</summary>
    public static ComplexLazyTensor Pm(params Complex[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var parts = LazyTensor.Pm([.. values.SelectMany(z => new[] { z.Real, z.Imaginary })]);
        return new ComplexLazyTensor(parts.Formula, parts.Context);
    }

    /// <summary>A tensor as a complex one: itself, or with imaginary parts of 0.</summary>
    public static ComplexLazyTensor Of(LazyTensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor as ComplexLazyTensor ?? tensor.Real2Complex();
    }

    /// <summary>A real tensor whose vector holds real and imaginary parts in turn, as complex numbers.</summary>
    /// <exception cref="KeopsException">Its vector has an odd length, or it is complex already.</exception>
    public static ComplexLazyTensor FromParts(LazyTensor parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return parts.IsComplex || parts.Dim % 2 != 0
            ? throw new KeopsException($"Complex numbers from the parts {parts}: expected a real vector of even length.")
            : new ComplexLazyTensor(parts.Formula, parts.Context);
    }

#pragma warning disable CS1591 // The operators of the base class, told to be complex.
    public static implicit operator ComplexLazyTensor(Complex value) => Pm(value);
    public static ComplexLazyTensor operator +(ComplexLazyTensor a, LazyTensor b) => Add(a, b);
    public static ComplexLazyTensor operator +(LazyTensor a, ComplexLazyTensor b) => Add(a, b);
    public static ComplexLazyTensor operator +(ComplexLazyTensor a, ComplexLazyTensor b) => Add(a, b);
    public static ComplexLazyTensor operator -(ComplexLazyTensor a, LazyTensor b) => Subtract(a, b);
    public static ComplexLazyTensor operator -(LazyTensor a, ComplexLazyTensor b) => Subtract(a, b);
    public static ComplexLazyTensor operator -(ComplexLazyTensor a, ComplexLazyTensor b) => Subtract(a, b);
    public static ComplexLazyTensor operator *(ComplexLazyTensor a, LazyTensor b) => Multiply(a, b);
    public static ComplexLazyTensor operator *(LazyTensor a, ComplexLazyTensor b) => Multiply(a, b);
    public static ComplexLazyTensor operator *(ComplexLazyTensor a, ComplexLazyTensor b) => Multiply(a, b);
    public static ComplexLazyTensor operator /(ComplexLazyTensor a, LazyTensor b) => Divide(a, b);
    public static ComplexLazyTensor operator /(LazyTensor a, ComplexLazyTensor b) => Divide(a, b);
    public static ComplexLazyTensor operator /(ComplexLazyTensor a, ComplexLazyTensor b) => Divide(a, b);
    public static ComplexLazyTensor operator -(ComplexLazyTensor a) => (ComplexLazyTensor)(-(LazyTensor)a);
#pragma warning restore CS1591

    /// <inheritdoc/>
    public override ComplexLazyTensor WithRanges(Ranges? ranges) => (ComplexLazyTensor)base.WithRanges(ranges);

    /// <summary>The angle in (−π, π], 0 at 0.</summary>
    public LazyTensor Angle() => Parts("ComplexAngle");

    /// <summary>The conjugate.</summary>
    public ComplexLazyTensor Conj() => Apply("Conj", this);

    /// <summary>The modulus.</summary>
    public override LazyTensor Abs() => Parts("ComplexAbs");

    /// <summary>The square of the modulus.</summary>
    public LazyTensor SquareAbs() => Parts("ComplexSquareAbs");

    /// <inheritdoc/>
    public override ComplexLazyTensor Exp() => Apply("ComplexExp", this);

    /// <summary>z².</summary>
    public override ComplexLazyTensor Square() => this * this;

    /// <summary>1/z.</summary>
    public override ComplexLazyTensor Inv() => Divide(1, this);

    /// <summary>z to an integer power, by repeated squaring; z⁰ is 1.</summary>
    public override ComplexLazyTensor Pow(int exponent)
    {
        if (exponent < 0)
            return Pow(exponent == int.MinValue ? throw new KeopsException($"z to the power {exponent}: too large.") : -exponent).Inv();
        ComplexLazyTensor? power = null;
        for (var (square, left) = (this, exponent); left > 0; left >>= 1)
        {
            if ((left & 1) != 0) power = power is null ? square : power * square;
            if (left > 1) square = square.Square();
        }

        return power ?? Of(Create(Formula.IntCst(1).SumT(Length), Context));
    }

    /// <summary>Refused unless the exponent is an integer.</summary>
    /// <exception cref="KeopsException">It is not.</exception>
    public override LazyTensor Pow(double exponent) =>
        exponent == Math.Truncate(exponent) && Math.Abs(exponent) < int.MaxValue ? Pow((int)exponent) : base.Pow(Pm(exponent));

    /// <summary>The sum of the vector's numbers.</summary>
    public override ComplexLazyTensor Sum() => Apply("ComplexSum", this);

    /// <inheritdoc/>
    public override ComplexLazyTensor Elem(int index) => Extract(index, 1);

    /// <inheritdoc/>
    public override ComplexLazyTensor Extract(int start, int dim) => (ComplexLazyTensor)base.Extract(start, dim);

    /// <inheritdoc/>
    public override ComplexLazyTensor Concat(LazyTensor other)
    {
        var z = Of(other);
        return new ComplexLazyTensor(Formula.Concat(z.Formula), Context.Join(z.Context));
    }

    internal static ComplexLazyTensor Add(LazyTensor a, LazyTensor b) => Apply("ComplexAdd", Of(a), Of(b));

    internal static ComplexLazyTensor Subtract(LazyTensor a, LazyTensor b) => Apply("ComplexSubtract", Of(a), Of(b));

    internal static ComplexLazyTensor Multiply(LazyTensor a, LazyTensor b) =>
        !a.IsComplex && a.Dim == 1 ? Apply("ComplexRealScal", a, b)
        : !b.IsComplex && b.Dim == 1 ? Apply("ComplexRealScal", b, a)
        : Apply("ComplexMult", Of(a), Of(b));

    internal static ComplexLazyTensor Divide(LazyTensor a, LazyTensor b) => Apply("ComplexDivide", Of(a), Of(b));

    /// <summary>An operation of the formula language whose result are complex numbers.</summary>
    internal static ComplexLazyTensor Apply(string operation, LazyTensor first, params ReadOnlySpan<LazyTensor> others)
    {
        var parts = first.Apply(operation, [], others);
        return new ComplexLazyTensor(parts.Formula, parts.Context);
    }

    private protected override ComplexLazyTensor ExtractParts(int start, int dim) => new(Formula.Extract(2 * start, 2 * dim), Context);

    private protected override LazyTensor Like(Formula formula, TensorContext context) => new ComplexLazyTensor(formula, context);

    LazyTensor Parts(string operation) => base.Apply(operation);
}
