using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>Carries out the reductions of a <see cref="ReductionGradient"/> with the data of a call. Used once.</summary>
sealed class GradientPass
{
    readonly KeopsEngine _engine;
    readonly ReductionCall _call;
    readonly Variable _variable;
    readonly ReductionGradient _gradient;
    readonly ImmutableArray<int> _ownBatch;

    public GradientPass(KeopsEngine engine, ReductionCall call, Variable variable)
    {
        var bound = call.Variables.FirstOrDefault(v => v.Variable == variable)
            ?? throw new KeopsException($"{Formula.Var(variable)} is none of the call's variables: expected one of "
                + $"{string.Join(", ", call.Variables.Select(v => v.Label))}.");
        if (call.Output is not null)
            throw new KeopsException($"A gradient stays in memory: expected no output file, not '{call.Output.Path}'.");
        (_engine, _variable) = (engine, variable);
        _call = CallData.Resolve(call) with { IsVector = false, IsComplex = false, Into = [] };
        _gradient = ReductionGradient.Of(_call.Reduction, variable, _call.Type, 1 + call.Variables.Max(v => v.Variable.Index));
        _ownBatch = bound.Data is TensorData tensor ? CallData.BatchOf(variable, tensor.Array) : _call.BatchShape;
    }

    public async Task<ResultArray> RunAsync(NdArray cotangent, CancellationToken cancellationToken)
    {
        var e = Rows(cotangent, _gradient.Cotangent);
        if (_gradient.Final is not { } final) return await ZeroAsync(cancellationToken).ConfigureAwait(false);
        var variables = _call.Variables.ToBuilder();
        variables.Add(new BoundVariable(_gradient.Cotangent, new TensorData(e)));
        foreach (var forward in await ForwardAsync(cancellationToken).ConfigureAwait(false)) variables.Add(forward);
        if (_gradient.RowNumbers is { } numbers)
        {
            var rows = await ReducedRowsAsync(numbers.Category, cancellationToken).ConfigureAwait(false);
            variables.Add(new BoundVariable(numbers, new ArrayData([new RowNumbers(rows, _call.Type)])));
        }

        var result = await ReduceAsync(final, variables.ToImmutable(), FinalRanges(), cancellationToken).ConfigureAwait(false);
        if (_gradient.Fold is { } fold)
        {
            // The rows of clouds beside them leave out those that have nulls.
            var row = new BoundVariable(fold.Formula.AsVariable!.Value, new TensorData(result));
            var clouds = _call.Variables.Where(v => v.Variable.Category == row.Variable.Category && v.Data is CloudData);
            result = await ReduceAsync(fold, [.. clouds, row], null, cancellationToken).ConfigureAwait(false);
        }

        return Summed(result);
    }

    /// <summary>A value that was taken from a pair has its derivative there once, whether ranges list the pair once or twice.</summary>
    Ranges? FinalRanges() => _gradient.TakesPairsOnce switch
    {
        true => _call.Ranges?.Once,
        null when _call.Ranges?.ForAxis(_call.Reduction.Axis).HasRepeats == true => throw new KeopsException(
            $"The gradient of {_call.Reduction.Kind.Name} can't be computed with ranges that list pairs twice: merge the intervals that overlap."),
        _ => _call.Ranges,
    };

    async Task<List<BoundVariable>> ForwardAsync(CancellationToken cancellationToken)
    {
        var results = new Dictionary<Reduction, IReadOnlyList<ResultArray>>();
        var bound = new List<BoundVariable>();
        foreach (var (reduction, output, variable, content) in _gradient.Forward)
        {
            if (!results.TryGetValue(reduction, out var arrays))
            {
                var result = await _engine.ReduceAsync(Step(reduction), null, cancellationToken).ConfigureAwait(false);
                results.Add(reduction, arrays = result.Arrays);
            }

            bound.Add(new BoundVariable(
                variable, new TensorData(Rows(ForwardValues.Convert(arrays, output, content, _call.Type, variable.Dim), variable))));
        }

        return bound;
    }

    async Task<ResultArray> ReduceAsync(
        Reduction reduction, ImmutableArray<BoundVariable> variables, Ranges? ranges, CancellationToken cancellationToken)
    {
        var call = Step(reduction) with { Variables = variables, Ranges = ranges };
        return (await _engine.ReduceAsync(call, null, cancellationToken).ConfigureAwait(false))[0];
    }

    /// <summary>A reduction of the gradient with the call's data. The call's accumulator is for what adds up: extremal values have none.</summary>
    ReductionCall Step(Reduction reduction) => _call with
    {
        Reduction = reduction,
        Options = reduction.Kind.IsSum
            ? _call.Options
            : _call.Options with { DtypeAcc = "auto", UseDoubleAcc = false, SumScheme = "auto" },
    };

    /// <summary>What has one vector for each row of the output, as rows of a variable.</summary>
    NdArray Rows(NdArray array, Variable variable)
    {
        var batch = _call.BatchShape.Aggregate(1L, (a, b) => a * b);
        var values = array.Length * (array.IsComplex ? 2 : 1);
        var rows = batch == 0 ? 0 : values / (batch * variable.Dim);
        if (rows * batch * variable.Dim != values || array.Type != _call.Type)
            throw new KeopsException(
                $"The cotangent is {array}: expected {_call.Type.Name()} in the shape of the result, {variable.Dim} numbers for each row "
                + "of each batch.");
        return array.Parts().Reshape([.. _call.BatchShape.Select(size => (long)size), rows, variable.Dim]);
    }

    /// <summary>The gradient in the variable's own shape.</summary>
    ResultArray Summed(ResultArray gradient)
    {
        var inner = _variable.Category == Category.Parameter ? (long[])[_variable.Dim] : [gradient.Shape[^2], _variable.Dim];
        var summed = BatchSum.Over(gradient, _call.BatchShape, _ownBatch, inner.Aggregate(1L, (a, b) => a * b));
        return new ResultArray("gradient", [.. _ownBatch.Select(size => (long)size), .. inner], _call.Type, summed);
    }

    /// <summary>Zeros, in the shape that the gradient has: as many rows as the variable.</summary>
    async Task<ResultArray> ZeroAsync(CancellationToken cancellationToken)
    {
        var sum = ReductionKind.Find("Sum");
        var axis = _variable.Category == Category.J ? 0 : 1;
        var zero = new Reduction(sum, Formula.Zero(_variable.Dim), null, null, axis);
        var rows = await ReduceAsync(zero, _call.Variables, null, cancellationToken).ConfigureAwait(false);
        if (_variable.Category != Category.Parameter) return Summed(rows);
        long[] shape = [.. _call.BatchShape.Select(size => (long)size), 1, _variable.Dim];
        return Summed(new ResultArray("gradient", shape, _call.Type, new byte[shape.Aggregate(1L, (a, b) => a * b) * _call.Type.Size()]));
    }

    /// <summary>How many rows the side that is reduced over has, those with nulls included.</summary>
    async Task<long> ReducedRowsAsync(Category category, CancellationToken cancellationToken)
    {
        if (LinearReduction.Rows(_call, category) is { } rows) return rows;
        var cloud = _call.Variables.Where(v => v.Variable.Category == category).Select(v => v.Data).OfType<CloudData>().FirstOrDefault();
        return cloud is null ? 1 : await _engine.CountRowsAsync(cloud.Spec, cancellationToken).ConfigureAwait(false);
    }
}
