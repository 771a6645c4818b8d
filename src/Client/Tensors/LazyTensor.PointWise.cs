using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Functions of each component. Their values at the edges are in docs/formulas.md.</summary>
public partial class LazyTensor
{
    /// <summary>|x|; of a complex tensor the modulus, a real tensor.</summary>
    public virtual LazyTensor Abs() => OfReal(nameof(Abs), f => f.Abs());

    /// <summary>e^x.</summary>
    public virtual LazyTensor Exp() => OfReal(nameof(Exp), f => f.Exp());

    /// <summary>ln x.</summary>
    public LazyTensor Log() => OfReal(nameof(Log), f => f.Log());

    /// <summary>x·ln x, 0 at 0.</summary>
    public LazyTensor XLogX() => OfReal(nameof(XLogX), f => f.XLogX());

    /// <summary>cos x.</summary>
    public LazyTensor Cos() => OfReal(nameof(Cos), f => f.Cos());

    /// <summary>sin x.</summary>
    public LazyTensor Sin() => OfReal(nameof(Sin), f => f.Sin());

    /// <summary>sin(x)/x, 1 at 0.</summary>
    public LazyTensor SinXDivX() => OfReal(nameof(SinXDivX), f => f.SinXDivX());

    /// <summary>sin(πx)/(πx), 1 at 0.</summary>
    public LazyTensor Sinc() => (Pm(Math.PI) * this).SinXDivX();

    /// <summary>arcsin x, NaN outside [−1, 1].</summary>
    public LazyTensor Asin() => OfReal(nameof(Asin), f => f.Asin());

    /// <summary>arccos x, NaN outside [−1, 1].</summary>
    public LazyTensor Acos() => OfReal(nameof(Acos), f => f.Acos());

    /// <summary>arctan x.</summary>
    public LazyTensor Atan() => OfReal(nameof(Atan), f => f.Atan());

    /// <summary>The angle of the point with this ordinate and the abscissa <paramref name="x"/>, in (−π, π].</summary>
    public LazyTensor Atan2(LazyTensor x) => OfReal(this, x, nameof(Atan2), (f, g) => f.Atan2(g));

    /// <summary>√x; its gradient at 0 is 0.</summary>
    public LazyTensor Sqrt() => OfReal(nameof(Sqrt), f => f.Sqrt());

    /// <summary>1/√x, 0 at 0.</summary>
    public LazyTensor Rsqrt() => OfReal(nameof(Rsqrt), f => f.Rsqrt());

    /// <summary>x².</summary>
    public virtual LazyTensor Square() => OfReal(nameof(Square), f => f.Square());

    /// <summary>1/x.</summary>
    public virtual LazyTensor Inv() => OfReal(nameof(Inv), f => f.Inv());

    /// <summary>−1, 0 or 1.</summary>
    public LazyTensor Sign() => OfReal(nameof(Sign), f => f.Sign());

    /// <summary>0 below 0, 1 from 0 on.</summary>
    public LazyTensor Step() => OfReal(nameof(Step), f => f.Step());

    /// <summary>0 below 0, x from 0 on.</summary>
    public LazyTensor ReLU() => OfReal(nameof(ReLU), f => f.ReLU());

    /// <summary>The largest integer not above x.</summary>
    public LazyTensor Floor() => OfReal(nameof(Floor), f => f.Floor());

    /// <summary>Rounded to a number of decimal digits, halves away from zero.</summary>
    public LazyTensor Round(int digits = 0) => OfReal(nameof(Round), f => f.Round(digits));

    /// <summary><paramref name="lower"/> below it, else <paramref name="upper"/> above it, else x.</summary>
    public LazyTensor Clamp(LazyTensor lower, LazyTensor upper) => OfReal(this, lower, upper, nameof(Clamp), (f, a, b) => f.Clamp(a, b));

    /// <summary>The same for integer bounds.</summary>
    public LazyTensor Clamp(int lower, int upper) => OfReal(nameof(Clamp), f => f.Clamp(lower, upper));

    /// <summary><paramref name="then"/> where x is at least 0; <paramref name="otherwise"/> elsewhere, and for NaN.</summary>
    public LazyTensor IfElse(LazyTensor then, LazyTensor otherwise) =>
        OfReal(this, then, otherwise, nameof(IfElse), (f, a, b) => f.IfElse(a, b));

    /// <summary>x modulo <paramref name="modulus"/>, in [offset, offset + modulus); the offset is 0 unless given.</summary>
    public LazyTensor Mod(LazyTensor modulus, LazyTensor? offset = null) =>
        OfReal(this, modulus, offset ?? 0, nameof(Mod), (f, n, d) => f.Mod(n, d));
}
