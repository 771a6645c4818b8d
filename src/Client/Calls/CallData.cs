using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>Turns the whole arrays of a call into rows and values for each batch, which is what engines take.</summary>
static class CallData
{
    /// <summary>The call with every array cut into its batches; batch dimensions of 1 are repeated.</summary>
    /// <exception cref="KeopsException">A variable has no data yet, or an array does not fit its
    /// variable, the dtype or the other arrays' batches.</exception>
    public static ReductionCall Resolve(ReductionCall call)
    {
        if (call.Symbols.FirstOrDefault() is { } symbol && call.Symbols.Any())
            throw new KeopsException($"{call.LabelOf(symbol)} has no data: call Bind with an array for each symbolic variable.");
        TypeOf(call.Variables);
        var tensors = call.Variables.Where(v => v.Data is TensorData)
            .Select(v => (Bound: v, Shape: Shaped(v, ((TensorData)v.Data).Array, call.Type), ((TensorData)v.Data).Array)).ToList();
        if (tensors.Count == 0) return call;
        var batch = call.BatchShape;
        foreach (var (bound, shape, _) in tensors) batch = Broadcast(batch, shape, $"The array of {bound.Label}");
        var cut = tensors.ToDictionary(t => t.Bound.Variable, t => Cut(t.Bound.Variable, t.Shape, t.Array, batch));
        return call with
        {
            BatchShape = batch,
            Variables = [.. call.Variables.Select(v => cut.TryGetValue(v.Variable, out var data) ? v with { Data = data } : v)],
        };
    }

    /// <summary>The dtype of the arrays, null when there are none.</summary>
    /// <exception cref="KeopsException">There are several dtypes.</exception>
    public static ElementType? TypeOf(IEnumerable<BoundVariable> variables)
    {
        (BoundVariable Variable, ElementType Type)? first = null;
        foreach (var bound in variables)
        {
            var type = bound.Data switch { TensorData t => t.Array.Type, ArrayData { Batches: [var rows, ..] } => rows.Type, _ => null };
            if (type is not { } found) continue;
            if (first is { } other && other.Type != found)
                throw new KeopsException(
                    $"{other.Variable.Label} is {other.Type.Name()} and {bound.Label} is {found.Name()}: all data of a call have one "
                    + "dtype, convert one of them.");
            first ??= (bound, found);
        }

        return first?.Type;
    }

    /// <summary>Batch shapes joined: aligned at the end, each size 1 or the common one.</summary>
    /// <exception cref="KeopsException">Two sizes differ and neither is 1.</exception>
    public static ImmutableArray<int> Broadcast(ImmutableArray<int> a, ImmutableArray<int> b, string what)
    {
        var joined = new int[Math.Max(a.Length, b.Length)];
        for (var d = 1; d <= joined.Length; d++)
        {
            var (x, y) = (d <= a.Length ? a[^d] : 1, d <= b.Length ? b[^d] : 1);
            if (x != y && x != 1 && y != 1)
                throw new KeopsException($"{what} has batch dimensions ({string.Join(", ", b)}) where others have "
                    + $"({string.Join(", ", a)}): expected equal ones, or 1.");
            joined[^d] = x == 1 ? y : x;
        }

        return [.. joined];
    }

    /// <summary>The batch dimensions of a variable's array, after checking that it fits.</summary>
    static ImmutableArray<int> Shaped(BoundVariable bound, NdArray array, ElementType type)
    {
        var variable = bound.Variable;
        var own = variable.Category == Category.Parameter ? 1 : 2;
        if (array.Shape.Count < own)
            throw new KeopsException(
                $"{bound.Label} was given {array}: expected {(own == 1 ? "(D,)" : "(rows, D)")}, after batch dimensions.");
        var dim = array.Shape[^1] * (array.IsComplex ? 2 : 1);
        if (dim != variable.Dim)
            throw new KeopsException($"{bound.Label} was given {array}: its vectors have {dim} values, expected {variable.Dim}.");
        if (array.Type != type)
            throw new KeopsException($"{bound.Label} was given {array}, but the call is in {type.Name()}: convert one of them.");
        return BatchOf(variable, array);
    }

    /// <summary>The batch dimensions of a variable's array.</summary>
    public static ImmutableArray<int> BatchOf(Variable variable, NdArray array) =>
        [.. array.Shape.SkipLast(variable.Category == Category.Parameter ? 1 : 2).Select(size => checked((int)size))];

    static VariableData Cut(Variable variable, ImmutableArray<int> own, NdArray array, ImmutableArray<int> batch)
    {
        var rows = variable.Category == Category.Parameter ? 1 : array.Shape[^2];
        // One for all, where the array has no batches of its own.
        var places = own.All(size => size == 1)
            ? [0]
            : Enumerable.Range(0, batch.Aggregate(1, (a, b) => checked(a * b))).Select(at => Place(at, own, batch)).ToArray();
        if (variable.Category == Category.Parameter)
            return new ParameterData(
                [.. places.Select(place => array.ToDoubles((long)place * variable.Dim, variable.Dim).ToImmutableArray())]);
        return new ArrayData([.. places.Select(place => array.Rows(place * rows * variable.Dim, rows, variable.Dim))]);
    }

    /// <summary>Which batch of its own an array has at a place of the whole.</summary>
    public static int Place(int at, ImmutableArray<int> own, ImmutableArray<int> batch)
    {
        var place = 0;
        var stride = batch.Aggregate(1, (a, b) => a * b);
        for (var d = 0; d < batch.Length; d++)
        {
            stride /= batch[d];
            var size = d < batch.Length - own.Length ? 1 : own[d - (batch.Length - own.Length)];
            place = place * size + (size == 1 ? 0 : at / stride % batch[d]);
        }

        return place;
    }
}
