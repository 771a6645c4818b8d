namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Point-wise functions, as methods.</summary>
public sealed partial class Formula
{
    /// <summary>e^x.</summary>
    public Formula Exp() => Elementary.Exp.Apply(this);

    /// <summary>ln x.</summary>
    public Formula Log() => Elementary.Log.Apply(this);

    /// <summary>x·ln x, 0 at 0.</summary>
    public Formula XLogX() => Elementary.XLogX.Apply(this);

    /// <summary>sin x.</summary>
    public Formula Sin() => Elementary.Sin.Apply(this);

    /// <summary>cos x.</summary>
    public Formula Cos() => Elementary.Cos.Apply(this);

    /// <summary>sin(x)/x, 1 at 0.</summary>
    public Formula SinXDivX() => Elementary.SinXDivX.Apply(this);

    /// <summary>arcsin x.</summary>
    public Formula Asin() => Elementary.Asin.Apply(this);

    /// <summary>arccos x.</summary>
    public Formula Acos() => Elementary.Acos.Apply(this);

    /// <summary>arctan x.</summary>
    public Formula Atan() => Elementary.Atan.Apply(this);

    /// <summary>x².</summary>
    public Formula Square() => Powers.Square.Apply(this);

    /// <summary>√x; its gradient at 0 is 0.</summary>
    public Formula Sqrt() => Powers.Sqrt.Apply(this);

    /// <summary>1/√x, 0 at 0.</summary>
    public Formula Rsqrt() => Powers.Rsqrt.Apply(this);

    /// <summary>1/x.</summary>
    public Formula Inv() => Powers.Inv.Apply(this);

    /// <summary>|x|.</summary>
    public Formula Abs() => Steps.Abs.Apply(this);

    /// <summary>−1, 0 or 1.</summary>
    public Formula Sign() => Steps.Sign.Apply(this);

    /// <summary>0 below 0, 1 from 0 on.</summary>
    public Formula Step() => Steps.Step.Apply(this);

    /// <summary>0 below 0, x from 0 on.</summary>
    public Formula ReLU() => Steps.ReLU.Apply(this);

    /// <summary>The largest integer not above x.</summary>
    public Formula Floor() => Steps.Floor.Apply(this);

    /// <summary>The angle of the point with this ordinate and abscissa <paramref name="x"/>.</summary>
    public Formula Atan2(Formula x) => Elementary.Atan2.Apply(this, x);

    /// <summary>xⁿ for an integer n; x⁰ = 1 everywhere.</summary>
    public Formula Pow(int n) => Powers.Pow.Apply(this, n);

    /// <summary>x^y.</summary>
    public Formula Powf(Formula y) => Powers.Powf.Apply(this, y);

    /// <summary>Rounded to a number of decimal digits, halves away from zero.</summary>
    public Formula Round(int digits = 0) => Steps.Round.Apply(this, digits);

    /// <summary>x modulo n, in [offset, offset + n).</summary>
    public Formula Mod(Formula n, Formula offset) => Steps.Mod.Apply(this, n, offset);

    /// <summary><paramref name="low"/> below it, else <paramref name="high"/> above it, else x.</summary>
    public Formula Clamp(Formula low, Formula high) => Steps.Clamp.Apply(this, low, high);

    /// <summary>The same for integer bounds.</summary>
    public Formula Clamp(int low, int high) => Steps.ClampInt.Apply(this, low, high);
}
