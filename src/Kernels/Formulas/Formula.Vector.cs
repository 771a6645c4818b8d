namespace Distributed.Keops.Kernels.Formulas;

/// <summary>Vector operations, as methods.</summary>
public sealed partial class Formula
{
    /// <summary>The sum of the components.</summary>
    public Formula Sum() => Vectors.Sum.Apply(this);

    /// <summary>The largest component.</summary>
    public Formula Max() => Extrema.Max.Apply(this);

    /// <summary>The smallest component.</summary>
    public Formula Min() => Extrema.Min.Apply(this);

    /// <summary>The number of the first largest component.</summary>
    public Formula ArgMax() => Extrema.ArgMax.Apply(this);

    /// <summary>The number of the first smallest component.</summary>
    public Formula ArgMin() => Extrema.ArgMin.Apply(this);

    /// <summary>The sum of the squared components.</summary>
    public Formula SqNorm2() => Norms.SqNorm2.Apply(this);

    /// <summary>The Euclidean norm.</summary>
    public Formula Norm2() => Norms.Norm2.Apply(this);

    /// <summary>The vector of norm 1 in the same direction; 0 for 0.</summary>
    public Formula Normalize() => Norms.Normalize.Apply(this);

    /// <summary>The squared Euclidean distance; dimensions are equal or 1.</summary>
    public Formula SqDist(Formula other) => Norms.SqDist.Apply(this, other);

    /// <summary>The squared norm with one weight, one a component or a row-major matrix of them.</summary>
    public Formula WeightedSqNorm(Formula weights) => Norms.WeightedSqNorm.Apply(weights, this);

    /// <summary>The weighted squared norm of the difference.</summary>
    public Formula WeightedSqDist(Formula other, Formula weights) => Norms.WeightedSqDist.Apply(weights, this, other);

    /// <summary>A single component repeated.</summary>
    public Formula SumT(int dim) => Vectors.SumT.Apply(this, dim);

    /// <summary>Component number <paramref name="m"/>.</summary>
    public Formula Elem(int m) => Vectors.Elem.Apply(this, m);

    /// <summary>A single component at place <paramref name="m"/> of a vector of zeros.</summary>
    public Formula ElemT(int dim, int m) => Vectors.ElemT.Apply(this, dim, m);

    /// <summary><paramref name="dim"/> components from <paramref name="start"/> on.</summary>
    public Formula Extract(int start, int dim) => Vectors.Extract.Apply(this, start, dim);

    /// <summary>The components from place <paramref name="start"/> on in a vector of <paramref name="dim"/> zeros.</summary>
    public Formula ExtractT(int start, int dim) => Vectors.ExtractT.Apply(this, start, dim);

    /// <summary>The components of both, one after the other.</summary>
    public Formula Concat(Formula other) => Vectors.Concat.Apply(this, other);

    /// <summary>The vector with 1 at the place this names, rounded; zeros when there is no such place.</summary>
    public Formula OneHot(int dim) => Extrema.OneHot.Apply(this, dim);

    /// <summary>A row-major matrix times a column.</summary>
    public Formula MatVecMult(Formula vector) => Tensors.MatVecMult.Apply(this, vector);

    /// <summary>A row times a row-major matrix.</summary>
    public Formula VecMatMult(Formula matrix) => Tensors.VecMatMult.Apply(this, matrix);

    /// <summary>All products of components, row-major.</summary>
    public Formula TensorProd(Formula other) => Tensors.TensorProd.Apply(this, other);
}
