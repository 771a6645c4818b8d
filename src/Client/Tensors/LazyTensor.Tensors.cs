using System.Collections.Immutable;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Vectors seen as matrices and tensors, row-major; and every operation of the language by its name.</summary>
public partial class LazyTensor
{
    /// <summary>This vector, as a matrix of <c>n × p</c>, times a vector of p.</summary>
    public LazyTensor MatVecMult(LazyTensor vector) => OfReal(this, vector, nameof(MatVecMult), (a, b) => a.MatVecMult(b));

    /// <summary>This vector of p times another, as a matrix of <c>p × n</c>.</summary>
    public LazyTensor VecMatMult(LazyTensor matrix) => OfReal(this, matrix, nameof(VecMatMult), (b, a) => b.VecMatMult(a));

    /// <summary>All products of components: <c>a_k b_l</c> at <c>k·D_b + l</c>.</summary>
    public LazyTensor TensorProd(LazyTensor other) => OfReal(this, other, nameof(TensorProd), (a, b) => a.TensorProd(b));

    /// <summary>Both vectors in a shape, contracted over pairs of axes; the axes left stand in order, this tensor's first.</summary>
    /// <param name="other">The other tensor.</param>
    /// <param name="shape">The shape of this vector.</param>
    /// <param name="otherShape">The shape of the other.</param>
    /// <param name="contracted">The axes of this one to sum over.</param>
    /// <param name="otherContracted">The axes of the other that they go with.</param>
    /// <param name="permute">Where each axis left goes in the result; none to leave them in order.</param>
    public LazyTensor KeopsTensorDot(
        LazyTensor other, IReadOnlyList<int> shape, IReadOnlyList<int> otherShape,
        IReadOnlyList<int> contracted, IReadOnlyList<int> otherContracted,
        params IReadOnlyList<int> permute) => OfReal(this, other, nameof(KeopsTensorDot), (a, b) =>
            Language("TensorDot").Apply([a, b], Lists(shape, otherShape, contracted, otherContracted, permute)));

    /// <summary>The Kronecker product of both vectors in shapes of as many axes.</summary>
    public LazyTensor KeopsKron(LazyTensor other, IReadOnlyList<int> shape, IReadOnlyList<int> otherShape) =>
        OfReal(this, other, nameof(KeopsKron), (a, b) => Language("Kron").Apply([a, b], Lists(shape, otherShape)));

    /// <summary>Any operation of the formula language, by its name there; this tensor is its
    /// first argument. Complex tensors count as their parts.</summary>
    /// <exception cref="FormulaException">There is no such operation, or the arguments do not fit.</exception>
    public LazyTensor Apply(string operation, ReadOnlySpan<int> parameters = default, params ReadOnlySpan<LazyTensor> others)
    {
        var context = Context;
        var formulas = ImmutableArray.Create(Formula);
        foreach (var other in others)
        {
            context = context.Join(other.Context);
            formulas = formulas.Add(other.Formula);
        }

        return new LazyTensor(Language(operation).Apply(formulas, [.. parameters]), context);
    }

    static ImmutableArray<int> Lists(params ReadOnlySpan<IReadOnlyList<int>> lists)
    {
        var parameters = ImmutableArray.CreateBuilder<int>();
        foreach (var list in lists)
        {
            parameters.Add(list.Count);
            parameters.AddRange(list);
        }

        return parameters.ToImmutable();
    }
}
