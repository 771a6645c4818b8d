using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Solvers;

namespace Distributed.Keops.Client;

/// <summary>A system that was checked, with its vectors' space and its right-hand side in float64.</summary>
sealed class LinearSystem
{
    readonly ReductionCall _product;
    readonly Variable _unknown;

    LinearSystem(ReductionCall product, Variable unknown, BlockVectorSpace space, BlockVector rightHandSide) =>
        (_product, _unknown, Space, RightHandSide) = (product, unknown, space, rightHandSide);

    public BlockVectorSpace Space { get; }

    public BlockVector RightHandSide { get; }

    /// <summary>Checks a system and reads its right-hand side.</summary>
    /// <exception cref="KeopsException">It is no square linear system, or its options have no meaning.</exception>
    public static async Task<LinearSystem> OpenAsync(SolveCall call, CancellationToken cancellationToken)
    {
        if (!double.IsFinite(call.Alpha)) throw new KeopsException($"alpha is {call.Alpha}: expected a finite number.");
        call.Options.Check();
        var unknown = call.Unknown;
        LinearReduction.Check(call.Product, unknown);
        var formula = call.Product.Reduction.Formula;
        if (formula.Dim != unknown.Dim)
            throw new KeopsException(
                $"The formula has dimension {formula.Dim} and the unknown {call.Product.LabelOf(unknown)} {unknown.Dim}: expected equal "
                + "ones.");
        var product = CallData.Resolve(call.Product);
        var sources = LinearReduction.Sources(product, unknown);
        var rows = LinearReduction.Rows(product, unknown.Category)!.Value;
        if (LinearReduction.Rows(product, product.Reduction.OutputCategory) is { } others && others != rows) throw NotSquare(others, rows);
        var batches = product.BatchShape.Aggregate(1, (a, b) => checked(a * b));
        var space = new BlockVectorSpace(batches, rows, unknown.Dim, formula.IsPointWiseIn(unknown));
        var b = space.Create();
        for (var batch = 0; batch < batches; batch++)
        {
            var source = sources[sources.Count == 1 ? 0 : batch];
            await VectorRows.ReadAsync(source, b.Batch(batch), cancellationToken).ConfigureAwait(false);
        }

        return new LinearSystem(product, unknown, space, b);
    }

    /// <summary>K, without the ridge.</summary>
    public ReductionOperator CreateOperator(KeopsEngine engine) => new(engine, _product, _unknown, Space);

    /// <summary>A vector as an array like the right-hand side.</summary>
    public ResultArray ToArray(BlockVector vector, bool complex, bool isVector)
    {
        ImmutableArray<long> shape = [.. _product.BatchShape.Select(size => (long)size), Space.Rows, Space.Columns];
        var bytes = VectorRows.ToBytes(Space, vector, _product.Type);
        return new ResultArray("solution", shape, _product.Type, bytes).Shaped(complex, isVector);
    }

    public static KeopsException NotSquare(long outputs, long reduced) => new(
        $"The matrix has {outputs} rows and {reduced} columns: expected as many points on the i-side as on the j-side.");
}
