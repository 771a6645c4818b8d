using System.Collections.Immutable;
using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Conformance;

/// <summary>Answers calls with an engine of the product, through the API that programs use.</summary>
public sealed class KeopsCaseEngine(KeopsEngine engine) : ICaseEngine, IDisposable
{
    /// <inheritdoc/>
    public CaseResult Run(GenredCall call)
    {
        var options = call.Options;
        if (options.UseDoubleAcc && options.DtypeAcc != "auto") throw new KeopsException("Give either dtype_acc or use_double_acc, not both.");
        if (call.Axis is not (0 or 1)) throw new KeopsException($"Axis {call.Axis}: expected 0 or 1.");
        var type = call.Dtype is "float32" or "float64" ? ElementTypes.Parse(call.Dtype) : throw new KeopsException($"Unknown dtype '{call.Dtype}'.");
        var aliases = AliasList.Parse(call.Aliases);
        var formula = FormulaParser.Parse(call.Formula, aliases);
        var weight = call.Formula2 is { } text ? FormulaParser.Parse(text, aliases) : null;
        var variables = aliases.ArgumentsFor(weight is null ? [formula] : [formula, weight]).Select(a => a.Variable).ToList();
        var expected = variables.Count == 0 ? 0 : variables.Max(v => v.Index) + 1;
        if (call.Args.Count != expected) throw new KeopsException($"{call.Args.Count} arguments were given, expected {expected}.");
        var batch = BatchShape(call, variables);
        var request = new ReductionCall(
            new Reduction(ReductionKind.Find(call.Reduction), formula, weight, call.OptArg, call.Axis),
            type,
            [.. variables.Select(v => new BoundVariable(v, Bind(call.Args[v.Index], v, batch, type, call)))])
        {
            BatchShape = [.. batch],
            Options = new ReductionOptions { DtypeAcc = options.UseDoubleAcc ? "float64" : options.DtypeAcc, SumScheme = options.SumScheme },
            Ranges = call.Ranges is { } six ? Ranges.FromArrays([.. six.Select(r => r.ToImmutableArray())]) : null,
        };
        var result = engine.ReduceAsync(request).GetAwaiter().GetResult();
        return new CaseResult([.. result.Arrays.Select(ToCase)]);
    }

    /// <inheritdoc/>
    public void Dispose() => engine.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>The batch dimensions of all arguments together: each is 1 or the common size.</summary>
    static int[] BatchShape(GenredCall call, IEnumerable<Variable> variables)
    {
        var shape = Enumerable.Repeat(1, call.BatchDims).ToArray();
        foreach (var variable in variables)
        {
            var arg = call.Args[variable.Index];
            var dims = call.BatchDims + (variable.Category == Category.Parameter ? 1 : 2);
            if (arg.Shape.Length != dims)
                throw new KeopsException($"Argument {arg.Name} has shape {arg.ShapeText}, expected {dims} dimensions ({call.BatchDims} of them batch).");
            for (var d = 0; d < shape.Length; d++)
            {
                if (arg.Shape[d] != 1 && shape[d] != 1 && arg.Shape[d] != shape[d])
                    throw new KeopsException($"Argument {arg.Name} has batch size {arg.Shape[d]} where another has {shape[d]}.");
                shape[d] = Math.Max(shape[d], arg.Shape[d]);
            }
        }

        return shape;
    }

    static VariableData Bind(CaseArray arg, Variable variable, int[] batch, ElementType type, GenredCall call)
    {
        if (arg.Dtype != call.Dtype) throw new KeopsException($"Argument {arg.Name} is {arg.Dtype}, the call {call.Dtype}.");
        if (arg.Shape[^1] != variable.Dim)
            throw new KeopsException($"Argument {arg.Name} has shape {arg.ShapeText}, but its variable has dimension {variable.Dim}.");
        if (arg.Shape.Aggregate(1L, (product, size) => product * size) != arg.Data.Length)
            throw new KeopsException($"Argument {arg.Name} has shape {arg.ShapeText} and {arg.Data.Length} values.");
        var own = arg.Shape[..batch.Length];
        var size = arg.Shape[batch.Length..].Aggregate(1, (product, s) => product * s);
        var count = own.SequenceEqual(batch) ? batch.Aggregate(1, (a, b) => a * b) : own.All(s => s == 1) ? 1 : -1;
        var slices = count >= 0
            ? Enumerable.Range(0, count).Select(b => arg.Data.AsMemory(b * size, size))
            : Enumerable.Range(0, batch.Aggregate(1, (a, b) => a * b)).Select(b => arg.Data.AsMemory(Place(b, own, batch) * size, size));
        if (variable.Category == Category.Parameter) return new ParameterData([.. slices.Select(s => s.Span.ToArray().ToImmutableArray())]);
        return new ArrayData([.. slices.Select(IRowSource (s) => type == ElementType.Float64
            ? ArrayRows.Of(s, variable.Dim)
            : ArrayRows.Of(s.ToArray().Select(v => (float)v).ToArray().AsMemory(), variable.Dim))]);
    }

    /// <summary>Where an array with batch dimensions of 1 has what belongs to a place of the whole batch.</summary>
    static int Place(int at, int[] own, int[] batch)
    {
        var place = 0;
        var stride = batch.Aggregate(1, (a, b) => a * b);
        for (var d = 0; d < batch.Length; d++)
        {
            stride /= batch[d];
            place = place * own[d] + (own[d] == 1 ? 0 : at / stride % batch[d]);
        }

        return place;
    }

    static CaseArray ToCase(ResultArray array)
    {
        int[] shape = [.. array.Shape.Select(s => (int)s)];
        return array.Type switch
        {
            null => new CaseArray(shape, [.. array.Indices.ToArray().Select(i => (double)i)], CaseArray.IndexDtype),
            ElementType.Float32 => new CaseArray(shape, [.. array.Singles.ToArray().Select(v => (double)v)], "float32"),
            _ => new CaseArray(shape, array.Doubles.ToArray(), "float64"),
        };
    }
}
