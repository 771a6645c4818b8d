using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// The gradient of a solve by the data of one variable, from the solution a and u = (αI + K)⁻¹ cotangent. The matrix is symmetric, so
/// a small change dK changes ⟨cotangent, a⟩ by −⟨u, dK a⟩.
/// </summary>
/// <param name="engine">What carries out the reductions.</param>
/// <param name="call">The system.</param>
/// <param name="solution">a, <c>batch + (rows, D)</c>.</param>
/// <param name="adjoint">u, likewise.</param>
sealed class SolveGradient(KeopsEngine engine, SolveCall call, NdArray solution, NdArray adjoint)
{
    /// <summary>The gradient in the shape of the variable's data.</summary>
    public async Task<ResultArray> ByAsync(Variable variable, CancellationToken cancellationToken)
    {
        var product = call.Product;
        var (values, batch, rest) = variable == call.Unknown
            ? (Numbers(adjoint), adjoint.Shape.SkipLast(2), adjoint.Shape.TakeLast(2))
            : await ThroughProductAsync(variable, cancellationToken).ConfigureAwait(false);
        // Data that serve several batches collect the gradients of all.
        ImmutableArray<int> whole = [.. batch.Select(size => (int)size)];
        var dims = variable.Category == Category.Parameter ? 1 : 2;
        var own = product.Variables.First(v => v.Variable == variable).Data switch
        {
            TensorData { Array: var array } => [.. array.Shape.SkipLast(dims).Select(size => (int)size)],
            ArrayData { Batches.Length: 1 } or ParameterData { Batches.Length: 1 } => ImmutableArray<int>.Empty,
            _ => whole,
        };
        ImmutableArray<long> shape = [.. own.Select(size => (long)size), .. rest];
        var gradient = Fold(values, whole, own);
        return new ResultArray("gradient", shape, product.Type, VectorRows.ToBytes(gradient, product.Type))
            .Shaped(false, variable == call.Unknown && product.IsVector);
    }

    /// <summary>−∂⟨u, K a⟩ for every batch. Only through K: a is held fixed.</summary>
    async Task<(double[] Values, IEnumerable<long> Batch, IEnumerable<long> Row)> ThroughProductAsync(
        Variable variable, CancellationToken cancellationToken)
    {
        var (product, reduction) = (call.Product, call.Product.Reduction);
        var e = new Variable(product.Variables.Max(v => v.Variable.Index) + 1, reduction.Formula.Dim, reduction.OutputCategory);
        var isReduced = variable.Category != Category.Parameter && variable.Category != reduction.OutputCategory;
        var gradient = product.With(call.Unknown, new TensorData(solution)) with
        {
            Reduction = reduction with
            {
                Formula = reduction.Formula.Gradient(variable, -Formula.Var(e)),
                Axis = isReduced ? 1 - reduction.Axis : reduction.Axis,
            },
            IsVector = false,
        };
        gradient = gradient with { Variables = gradient.Variables.Add(new BoundVariable(e, new TensorData(adjoint))) };
        var result = (await engine.ReduceAsync(gradient, null, cancellationToken).ConfigureAwait(false))[0];
        var batch = result.Shape.SkipLast(2);
        return variable.Category == Category.Parameter
            ? (SumRows(Numbers(result), result.Shape[^2], variable.Dim), batch, [variable.Dim])
            : (Numbers(result), batch, result.Shape.TakeLast(2));
    }

    /// <summary>A parameter's gradient is the sum over all rows of each batch.</summary>
    static double[] SumRows(double[] values, long rows, int dim)
    {
        var sums = new double[rows == 0 ? 0 : values.Length / rows];
        for (var k = 0; k < values.Length; k++) sums[k / (rows * dim) * dim + k % dim] += values[k];
        return sums;
    }

    static double[] Fold(double[] values, ImmutableArray<int> whole, ImmutableArray<int> own)
    {
        if (own.SequenceEqual(whole)) return values;
        var batches = whole.Aggregate(1, (a, b) => a * b);
        var size = values.Length / Math.Max(1, batches);
        var sums = new double[own.Aggregate(size, (a, b) => a * b)];
        for (var at = 0; at < batches; at++)
        {
            var place = CallData.Place(at, own, whole);
            for (var k = 0; k < size; k++) sums[place * size + k] += values[at * size + k];
        }

        return sums;
    }

    static double[] Numbers(NdArray array)
    {
        var numbers = new double[array.Length];
        VectorRows.Widen(array.Bytes.Span, array.Type!.Value, numbers);
        return numbers;
    }
}
