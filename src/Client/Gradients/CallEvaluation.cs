using System.Collections.Immutable;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Carries out the reductions whose results a call takes as data. What several calls take is computed once. Used by one caller
/// at a time, while the data stay the same.</summary>
sealed class CallEvaluation(KeopsEngine engine)
{
    readonly Dictionary<ReductionCall, IReadOnlyList<ResultArray>> _results = new(ReferenceEqualityComparer.Instance);

    /// <summary>The call with arrays in place of results.</summary>
    public async Task<ReductionCall> WithResultsAsync(ReductionCall call, CancellationToken cancellationToken)
    {
        if (!call.TakesResults) return call;
        var variables = ImmutableArray.CreateBuilder<BoundVariable>(call.Variables.Length);
        foreach (var bound in call.Variables)
        {
            variables.Add(bound.Data switch
            {
                ResultData result => bound with
                {
                    Data = await ValuesAsync(result, bound.Variable, cancellationToken).ConfigureAwait(false),
                },
                RowNumberData => bound with
                {
                    Data = await NumbersAsync(call, bound.Variable.Category, cancellationToken).ConfigureAwait(false),
                },
                _ => bound,
            });
        }

        return call with { Variables = variables.MoveToImmutable() };
    }

    async Task<TensorData> ValuesAsync(ResultData data, Variable variable, CancellationToken cancellationToken)
    {
        var (source, output, content) = data;
        if (!_results.TryGetValue(source, out var arrays))
        {
            var ready = await WithResultsAsync(source, cancellationToken).ConfigureAwait(false);
            arrays = (await engine.ReduceAsync(ready, null, cancellationToken).ConfigureAwait(false)).Arrays;
            _results.Add(source, arrays);
        }

        var values = ForwardValues.Convert(arrays, output, content, source.Type, variable.Dim);
        return new TensorData(CallGradient.Rows(values, variable.Dim, CallGradient.BatchOf(source), source.Type));
    }

    /// <summary>As many as the rows of that side, those with nulls included.</summary>
    async Task<ArrayData> NumbersAsync(ReductionCall call, Category category, CancellationToken cancellationToken)
    {
        var side = call.Variables.Where(v => v.Variable.Category == category).Select(v => v.Data).ToList();
        var rows = side.OfType<ArrayData>().FirstOrDefault() is { } arrays ? arrays.Batches[0].RowCount
            : side.OfType<TensorData>().FirstOrDefault() is { } tensor ? tensor.Array.Shape[^2]
            : side.OfType<CloudData>().FirstOrDefault() is { } cloud
                ? await engine.CountRowsAsync(cloud.Spec, cancellationToken).ConfigureAwait(false)
            : 1;
        return new ArrayData([new RowNumbers(rows, call.Type)]);
    }
}
