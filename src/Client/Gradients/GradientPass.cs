using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// Carries out a gradient: the reductions of <see cref="CallGradient"/>, and where data of the call are results of other reductions, by the
/// chain rule those of theirs. Used once.
/// </summary>
sealed class GradientPass(KeopsEngine engine, Variable variable)
{
    readonly CallEvaluation _evaluation = new(engine);

    public async Task<ResultArray> RunAsync(ReductionCall call, NdArray cotangent, CancellationToken cancellationToken)
    {
        if (CallGradient.Find(call, variable) is null)
            throw new KeopsException($"{Formula.Var(variable)} is none of the call's variables: expected one of "
                + $"{string.Join(", ", call.Variables.Select(v => v.Label))}.");
        if (call.Output is not null)
            throw new KeopsException($"A gradient stays in memory: expected no output file, not '{call.Output.Path}'.");
        if (call.Symbols.Any())
            throw new KeopsException(
                $"{call.LabelOf(call.Symbols.First())} has no data: call Bind with an array for each symbolic variable.");
        var parts = await PartsAsync(call, cotangent, cancellationToken).ConfigureAwait(false);
        return parts.Count == 1 ? parts[0] : Sum(parts);
    }

    async Task<List<ResultArray>> PartsAsync(ReductionCall call, NdArray cotangent, CancellationToken cancellationToken)
    {
        var parts = new List<ResultArray>();
        var inner = CallGradient.Inner(call).Where(i => CallGradient.DependsOn(i.Source, variable)).ToList();
        var isOwn = call.Variables.Any(v => v.Variable == variable);
        // Where nothing depends on it, its zeros come of wherever it is.
        if (inner.Count == 0 && !isOwn)
            inner = [CallGradient.Inner(call).First(i => CallGradient.Find(i.Source, variable) is not null)];
        if (inner.Count == 0 || call.Reduction.Variables().Contains(variable))
            parts.AddRange(await OwnAsync(call, variable, cotangent, cancellationToken).ConfigureAwait(false));
        foreach (var (saved, source) in inner)
        {
            var bySaved = await OwnAsync(call, saved, cotangent, cancellationToken).ConfigureAwait(false);
            foreach (var toSource in bySaved)
                parts.AddRange(await PartsAsync(source, toSource, cancellationToken).ConfigureAwait(false));
        }

        return parts;
    }

    /// <summary>The gradient by one of the call's own variables, all others held fixed.</summary>
    async Task<List<ResultArray>> OwnAsync(
        ReductionCall call, Variable own, NdArray cotangent, CancellationToken cancellationToken)
    {
        var results = new List<ResultArray>();
        foreach (var gradient in CallGradient.Of(call, own, CallGradient.Cotangent(call, cotangent)))
        {
            var ready = await _evaluation.WithResultsAsync(gradient, cancellationToken).ConfigureAwait(false);
            results.Add((await engine.ReduceAsync(ready, null, cancellationToken).ConfigureAwait(false))[0]);
        }

        return results;
    }

    static ResultArray Sum(List<ResultArray> parts)
    {
        var (type, count) = (parts[0].Type!.Value, checked((int)parts[0].Length));
        var sums = new double[count];
        foreach (var part in parts)
        {
            var values = part.ToDoubles(0, count);
            for (var k = 0; k < count; k++) sums[k] += values[k];
        }

        var bytes = new byte[count * type.Size()];
        VectorRows.Narrow(sums, type, bytes);
        return new ResultArray(parts[0].Name, parts[0].Shape, type, bytes);
    }
}
