namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Formulas written as C# expressions.</summary>
public sealed partial class Formula
{
    /// <summary>An integer stands for a constant.</summary>
    public static implicit operator Formula(int number) => IntCst(number);

    /// <summary>a + b; dimensions are equal or 1.</summary>
    public static Formula operator +(Formula a, Formula b) => Arithmetic.Add.Apply(a, b);

    /// <summary>a − b; dimensions are equal or 1.</summary>
    public static Formula operator -(Formula a, Formula b) => Arithmetic.Subtract.Apply(a, b);

    /// <summary>a · b, component by component; dimensions are equal or 1.</summary>
    public static Formula operator *(Formula a, Formula b) => Arithmetic.Mult.Apply(a, b);

    /// <summary>a / b, component by component; dimensions are equal or 1.</summary>
    public static Formula operator /(Formula a, Formula b) => Arithmetic.Divide.Apply(a, b);

    /// <summary>−a.</summary>
    public static Formula operator -(Formula a) => Arithmetic.Minus.Apply(a);

    /// <summary>The scalar product.</summary>
    public static Formula operator |(Formula a, Formula b) => Norms.Scalprod.Apply(a, b);

    /// <summary>1 where a &lt; b, 0 elsewhere.</summary>
    public static Formula operator <(Formula a, Formula b) => Comparisons.LessThan.Apply(a, b);

    /// <summary>1 where a &gt; b, 0 elsewhere.</summary>
    public static Formula operator >(Formula a, Formula b) => Comparisons.LessThan.Apply(b, a);

    /// <summary>1 where a ≤ b, 0 elsewhere.</summary>
    public static Formula operator <=(Formula a, Formula b) => Comparisons.LessOrEqual.Apply(a, b);

    /// <summary>1 where a ≥ b, 0 elsewhere.</summary>
    public static Formula operator >=(Formula a, Formula b) => Comparisons.LessOrEqual.Apply(b, a);

    /// <summary>1 where the components are equal, 0 elsewhere.</summary>
    public Formula EqualTo(Formula other) => Comparisons.Equal.Apply(this, other);

    /// <summary>1 where the components differ, 0 elsewhere.</summary>
    public Formula NotEqualTo(Formula other) => Comparisons.NotEqual.Apply(this, other);

    /// <summary>Where this is at least 0, <paramref name="a"/>; elsewhere, and for NaN, <paramref name="b"/>.</summary>
    public Formula IfElse(Formula a, Formula b) => Comparisons.IfElse.Apply(this, a, b);
}
