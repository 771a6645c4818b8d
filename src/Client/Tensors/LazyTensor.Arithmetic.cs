using System.Diagnostics.CodeAnalysis;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Operators. Vectors have equal lengths, or one of them length 1; a complex operand makes the result complex.</summary>
[SuppressMessage("Usage", "CA2225", Justification = "The operators are the language; their named forms would double it.")]
public partial class LazyTensor
{
    /// <summary>Sum.</summary>
    public static LazyTensor operator +(LazyTensor a, LazyTensor b) =>
        AnyComplex(a, b) ? ComplexLazyTensor.Add(a, b) : Combine(a, b, (f, g) => f + g);

    /// <summary>Difference.</summary>
    public static LazyTensor operator -(LazyTensor a, LazyTensor b) =>
        AnyComplex(a, b) ? ComplexLazyTensor.Subtract(a, b) : Combine(a, b, (f, g) => f - g);

    /// <summary>Product, component by component.</summary>
    public static LazyTensor operator *(LazyTensor a, LazyTensor b) =>
        AnyComplex(a, b) ? ComplexLazyTensor.Multiply(a, b) : Combine(a, b, (f, g) => f * g);

    /// <summary>Quotient, component by component.</summary>
    public static LazyTensor operator /(LazyTensor a, LazyTensor b) =>
        AnyComplex(a, b) ? ComplexLazyTensor.Divide(a, b) : Combine(a, b, (f, g) => f / g);

    /// <summary>Opposite.</summary>
    public static LazyTensor operator -(LazyTensor a)
    {
        ArgumentNullException.ThrowIfNull(a);
        return a.Like(-a.Formula, a.Context);
    }

    /// <summary>Scalar product of two vectors of the same length.</summary>
    public static LazyTensor operator |(LazyTensor a, LazyTensor b) => OfReal(a, b, "|", (f, g) => f.Dim == g.Dim
        ? f | g
        : throw new KeopsException($"A scalar product of vectors of length {f.Dim} and {g.Dim}: expected equal ones."));

    /// <summary>1 where a is smaller, else 0.</summary>
    public static LazyTensor operator <(LazyTensor a, LazyTensor b) => OfReal(a, b, "<", (f, g) => f < g);

    /// <summary>1 where a is larger, else 0.</summary>
    public static LazyTensor operator >(LazyTensor a, LazyTensor b) => OfReal(a, b, ">", (f, g) => f > g);

    /// <summary>1 where a is smaller or equal, else 0.</summary>
    public static LazyTensor operator <=(LazyTensor a, LazyTensor b) => OfReal(a, b, "<=", (f, g) => f <= g);

    /// <summary>1 where a is larger or equal, else 0.</summary>
    public static LazyTensor operator >=(LazyTensor a, LazyTensor b) => OfReal(a, b, ">=", (f, g) => f >= g);

    /// <summary>1 where the components are equal, else 0. (<c>==</c> compares references.)</summary>
    public LazyTensor EqualTo(LazyTensor other) => OfReal(this, other, nameof(EqualTo), (f, g) => f.EqualTo(g));

    /// <summary>1 where the components differ, else 0. (<c>!=</c> compares references.)</summary>
    public LazyTensor NotEqualTo(LazyTensor other) => OfReal(this, other, nameof(NotEqualTo), (f, g) => f.NotEqualTo(g));

    /// <summary>x to an integer power; x⁰ is 1 everywhere.</summary>
    public virtual LazyTensor Pow(int exponent) => OfReal(nameof(Pow), f => exponent == 2 ? f.Square() : f.Pow(exponent));

    /// <summary>x to a power; 0.5 and −0.5 are <see cref="Sqrt"/> and <see cref="Rsqrt"/>, any other is a parameter.</summary>
    public virtual LazyTensor Pow(double exponent) => exponent switch { 0.5 => Sqrt(), -0.5 => Rsqrt(), _ => Pow(Pm(exponent)) };

    /// <summary>x to the power of another tensor, whose vector has the same length or length 1.</summary>
    public virtual LazyTensor Pow(LazyTensor exponent) => OfReal(this, exponent, nameof(Pow), (f, g) => g.Dim == 1 || g.Dim == f.Dim
        ? f.Powf(g)
        : throw new KeopsException($"A vector of length {f.Dim} to the power of one of length {g.Dim}: expected {f.Dim}, or 1."));

    /// <inheritdoc cref="Pow(int)"/>
    public LazyTensor Power(int exponent) => Pow(exponent);

    /// <inheritdoc cref="Pow(double)"/>
    public LazyTensor Power(double exponent) => Pow(exponent);

    /// <inheritdoc cref="Pow(LazyTensor)"/>
    public LazyTensor Power(LazyTensor exponent) => Pow(exponent);

    /// <summary>A function of the formula of a real tensor.</summary>
    private protected LazyTensor OfReal(string operation, Func<Formula, Formula> function) =>
        new(function(RealFormula(operation)), Context);

    private protected static LazyTensor OfReal(LazyTensor a, LazyTensor b, string operation, Func<Formula, Formula, Formula> function)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return new(function(a.RealFormula(operation), b.RealFormula(operation)), a.Context.Join(b.Context));
    }

    static LazyTensor OfReal(LazyTensor a, LazyTensor b, LazyTensor c, string operation, Func<Formula, Formula, Formula, Formula> function)
    {
        ArgumentNullException.ThrowIfNull(b);
        ArgumentNullException.ThrowIfNull(c);
        return new(
            function(a.RealFormula(operation), b.RealFormula(operation), c.RealFormula(operation)),
            a.Context.Join(b.Context).Join(c.Context));
    }

    private protected static LazyTensor Combine(LazyTensor a, LazyTensor b, Func<Formula, Formula, Formula> function) =>
        new(function(a.Formula, b.Formula), a.Context.Join(b.Context));

    Formula RealFormula(string operation) => IsComplex
        ? throw new KeopsException($"{operation} is not defined for complex tensors: take Real, Imag, Abs or Angle first.")
        : Formula;

    static bool AnyComplex(LazyTensor a, LazyTensor b)
    {
        ArgumentNullException.ThrowIfNull(a);
        ArgumentNullException.ThrowIfNull(b);
        return a.IsComplex || b.IsComplex;
    }
}
