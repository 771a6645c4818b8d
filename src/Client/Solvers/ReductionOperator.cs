using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>
/// A reduction that is linear in one variable as an operator on vectors of this process. The product is computed in the call's dtype.
/// </summary>
/// <param name="engine">What carries out the reductions.</param>
/// <param name="product">The reduction, its arrays cut into batches.</param>
/// <param name="unknown">The variable that vectors are put in for.</param>
/// <param name="space">The vectors' space.</param>
sealed class ReductionOperator(KeopsEngine engine, ReductionCall product, Variable unknown, BlockVectorSpace space)
    : ILinearOperator<BlockVector>
{
    readonly ReductionCall _product = product with { IsComplex = false, IsVector = false };

    /// <inheritdoc/>
    public async Task ApplyAsync(BlockVector vector, BlockVector result, CancellationToken cancellationToken)
    {
        ImmutableArray<IRowSource> batches =
            [.. Enumerable.Range(0, space.Batches).Select(b => VectorRows.ToRows(vector.Batch(b), unknown.Dim, _product.Type))];
        var call = _product.With(unknown, new ArrayData(batches));
        var reduced = await engine.ReduceAsync(call, null, cancellationToken).ConfigureAwait(false);
        if (reduced.Rows != (long)space.Rows * space.Batches)
            throw LinearSystem.NotSquare(reduced.Rows / Math.Max(1, space.Batches), space.Rows);
        var (bytes, size) = (reduced[0].Bytes, checked(space.Rows * space.Columns * _product.Type.Size()));
        for (var b = 0; b < space.Batches; b++) VectorRows.Widen(bytes.Slice(b * size, size).Span, _product.Type, result.Batch(b).Span);
    }
}
