using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Functions of the whole vector: norms, parts, extremal components.</summary>
public partial class LazyTensor
{
    /// <summary>The sum of the components.</summary>
    public virtual LazyTensor Sum() => OfReal(nameof(Sum), f => f.Sum());

    /// <summary>The largest component.</summary>
    public LazyTensor Max() => OfReal(nameof(Max), f => f.Max());

    /// <summary>The smallest component.</summary>
    public LazyTensor Min() => OfReal(nameof(Min), f => f.Min());

    /// <summary>The number of the first largest component.</summary>
    public LazyTensor ArgMax() => OfReal(nameof(ArgMax), f => f.ArgMax());

    /// <summary>The number of the first smallest component.</summary>
    public LazyTensor ArgMin() => OfReal(nameof(ArgMin), f => f.ArgMin());

#pragma warning disable CS1591 // The same along the vector, by the axis' name.
    public LazyTensor Sum(VectorAxis _) => Sum();
    public LazyTensor Max(VectorAxis _) => Max();
    public LazyTensor Min(VectorAxis _) => Min();
    public LazyTensor ArgMax(VectorAxis _) => ArgMax();
    public LazyTensor ArgMin(VectorAxis _) => ArgMin();
    public LazyTensor Norm(VectorAxis _) => Norm2();
#pragma warning restore CS1591

    /// <summary>The squared Euclidean norm.</summary>
    public LazyTensor SqNorm2() => OfReal(nameof(SqNorm2), f => f.SqNorm2());

    /// <summary>The Euclidean norm; its gradient at 0 is 0.</summary>
    public LazyTensor Norm2() => OfReal(nameof(Norm2), f => f.Norm2());

    /// <summary>The Euclidean norm along the vector.</summary>
    /// <param name="dim">−1, or the number of the last dimension: no other is possible.</param>
    /// <exception cref="KeopsException">It is another dimension.</exception>
    public LazyTensor Norm(int dim) => dim == -1 || dim == Rank - 1
        ? Norm2()
        : throw new KeopsException($"A norm over dimension {dim}: expected −1 or {Rank - 1}, along the vector.");

    /// <summary>The vector of norm 1 in the same direction; 0 for 0.</summary>
    public LazyTensor Normalize() => OfReal(nameof(Normalize), f => f.Normalize());

    /// <summary>The squared Euclidean distance.</summary>
    public LazyTensor SqDist(LazyTensor other) => OfReal(this, other, nameof(SqDist), (f, g) => f.SqDist(g));

    /// <summary>The squared norm with one weight, one a component, or a row-major matrix of D × D.</summary>
    public LazyTensor WeightedSqNorm(LazyTensor weights) => OfReal(this, weights, nameof(WeightedSqNorm), (f, s) => f.WeightedSqNorm(s));

    /// <summary>The <see cref="WeightedSqNorm"/> of the difference.</summary>
    public LazyTensor WeightedSqDist(LazyTensor other, LazyTensor weights) =>
        OfReal(this, other, weights, nameof(WeightedSqDist), (f, g, s) => f.WeightedSqDist(g, s));

    /// <summary>The soft dynamic time warping of two series under squared differences;
    /// <paramref name="gamma"/> is its smoothness.</summary>
    public LazyTensor SoftDtwSqDist(LazyTensor other, LazyTensor gamma) =>
        OfReal(this, other, gamma, nameof(SoftDtwSqDist), (f, g, s) => Language("SoftDTW_SqDist").Apply([f, g, s], []));

    /// <summary>Component number <paramref name="index"/>.</summary>
    public virtual LazyTensor this[int index] => Elem(index);

    /// <summary>The components of a range.</summary>
    /// <exception cref="KeopsException">The range is empty or reaches outside the vector.</exception>
    public virtual LazyTensor this[Range range]
    {
        get
        {
            var (start, end) = (range.Start.GetOffset(Length), range.End.GetOffset(Length));
            return end > start
                ? Extract(start, end - start)
                : throw new KeopsException($"[{range}] of a vector of length {Length} is empty.");
        }
    }

    /// <summary>Component number <paramref name="index"/>.</summary>
    /// <exception cref="KeopsException">There is none of that number.</exception>
    public virtual LazyTensor Elem(int index) => Extract(index, 1);

    /// <summary><paramref name="dim"/> components from <paramref name="start"/> on.</summary>
    /// <exception cref="KeopsException">They reach outside the vector, or are none.</exception>
    public virtual LazyTensor Extract(int start, int dim) => start >= 0 && dim >= 1 && dim <= Length - start
        ? ExtractParts(start, dim)
        : throw new KeopsException($"{dim} components from {start} on of a vector of length {Length}: expected at least one, inside it.");

    /// <summary>The components of both, one after the other.</summary>
    public virtual LazyTensor Concat(LazyTensor other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return other.IsComplex ? ComplexLazyTensor.Of(this).Concat(other) : Combine(this, other, (f, g) => f.Concat(g));
    }

    /// <summary>The components of all, one after the other.</summary>
    /// <param name="tensors">At least one.</param>
    /// <param name="axis">−1, or the number of the last dimension: no other is possible.</param>
    /// <exception cref="KeopsException">There are none, or the axis is another.</exception>
    public static LazyTensor Concatenate(IReadOnlyList<LazyTensor> tensors, int axis = -1)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        if (tensors.Count == 0) throw new KeopsException("Concatenation of no tensors: expected at least one.");
        if (axis != -1 && axis != tensors[0].Rank - 1)
            throw new KeopsException($"Concatenation along dimension {axis}: expected −1 or {tensors[0].Rank - 1}, along the vector.");
        return tensors.Aggregate((a, b) => a.Concat(b));
    }

    /// <inheritdoc cref="Concatenate"/>
    public static LazyTensor Cat(IReadOnlyList<LazyTensor> tensors, int dim) => Concatenate(tensors, dim);

    /// <summary>The vector with 1 at the place this names, rounded; zeros when there is no such place.</summary>
    public LazyTensor OneHot(int dim) => OfReal(nameof(OneHot), f => f.OneHot(dim));

    /// <summary>All B-spline functions of degree <paramref name="degree"/> over this vector of knots, at <paramref name="x"/>.</summary>
    public LazyTensor BSpline(LazyTensor x, int degree = 0) =>
        OfReal(this, x, nameof(BSpline), (t, f) => Language("BSpline").Apply([t, f], [degree]));

    private protected virtual LazyTensor ExtractParts(int start, int dim) =>
        new(dim == 1 ? Formula.Elem(start) : Formula.Extract(start, dim), Context);

    static FormulaFunction Language(string name) =>
        Kernels.Formulas.Operations.Find(name) ?? throw new FormulaException($"Unknown operation '{name}'.");
}
