using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;
using Distributed.Keops.Kernels.Programs;
using Distributed.Keops.Kernels.Ranges;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>
/// A call whose ranges speak of rows in an order of their own, as a call that engines
/// know: rows in that order, and the way back for the results.
/// </summary>
sealed class OrderedCall
{
    readonly Permutation? _output;
    readonly Permutation? _reduced;
    readonly bool _dropsValues;
    readonly double _nothing;

    OrderedCall(ReductionCall call, Permutation? output, Permutation? reduced, bool dropsValues)
    {
        (Call, _output, _reduced, _dropsValues) = (call, output, reduced, dropsValues);
        if (reduced is not null)
            _nothing = call.Reduction.CreateMonoid(call.Type).Parts.First(p => p.Type == ComponentType.Element).Identity;
    }

    /// <summary>What an engine carries out.</summary>
    public ReductionCall Call { get; }

    /// <summary>Puts the rows in order; calls without an order stay as they are.</summary>
    /// <exception cref="KeopsException">An order has another number of rows than an array, or rows or results are in files.</exception>
    public static async Task<OrderedCall> CreateAsync(ReductionCall call, CancellationToken cancellationToken)
    {
        if (call.Ranges is not { } ranges || ranges is { OrderI: null, OrderJ: null }) return new OrderedCall(call, null, null, false);
        var outputIsI = call.Reduction.OutputCategory == Category.I;
        var (output, reduced) = outputIsI ? (ranges.OrderI, ranges.OrderJ) : (ranges.OrderJ, ranges.OrderI);
        if (output is not null && call.Output is { } file)
            throw new KeopsException(
                $"{file.Path}: results that are put back into the order of the data are not written to files. Ask for them in memory.");
        var variables = ImmutableArray.CreateBuilder<BoundVariable>();
        foreach (var variable in call.Variables)
        {
            var order = variable.Variable.Category switch { Category.I => ranges.OrderI, Category.J => ranges.OrderJ, _ => null };
            variables.Add(order is null
                ? variable
                : variable with { Data = await OrderAsync(variable, order, cancellationToken).ConfigureAwait(false) });
        }

        // Row numbers alone do not tell row 0 from none.
        var pair = reduced is null ? null : call.Reduction.Kind.WithValues;
        var reduction = pair is null ? call.Reduction : call.Reduction with { Kind = ReductionKind.Find(pair) };
        var ordered = call with { Reduction = reduction, Variables = variables.ToImmutable(), Ranges = ranges.InOrder(null, null) };
        return new OrderedCall(ordered, output, reduced, pair is not null);
    }

    /// <summary>Rows of results in the order of the data, and row numbers as the data's.</summary>
    public ReductionResult Restore(ReductionResult result)
    {
        if (_output is null && _reduced is null) return result;
        IReadOnlyList<ResultArray> arrays = result.Arrays;
        if (_reduced is not null && arrays.Count == 2) arrays = [arrays[0], Renumber(arrays[0], arrays[1], _reduced)];
        if (_dropsValues) arrays = [arrays[1]];
        return result with { Arrays = [.. arrays.Select(a => _output is null ? a : PutBack(a, _output.Inverse))] };
    }

    static async Task<VariableData> OrderAsync(BoundVariable variable, Permutation order, CancellationToken cancellationToken)
    {
        var name = variable.Label;
        if (variable.Data is not ArrayData arrays)
            throw new KeopsException($"{name} is read from files, which stay in their order, but the ranges are of rows in another: read "
                + "the file into an array, or sort it.");
        var batches = ImmutableArray.CreateBuilder<IRowSource>();
        foreach (var rows in arrays.Batches)
        {
            if (rows.RowCount != order.Length)
                throw new KeopsException($"{name} has {rows.RowCount} rows, but the order of the ranges has {order.Length}: cluster the "
                    + "rows that the formula takes.");
            var bytes = new byte[checked(rows.RowCount * rows.Dim * rows.Type.Size())];
            await rows.ReadAsync(0, (int)rows.RowCount, bytes, cancellationToken).ConfigureAwait(false);
            batches.Add(ArrayRows.Of<byte>(order.Apply<byte>(bytes), 0, rows.RowCount, rows.Dim, rows.Type));
        }

        return new ArrayData(batches.ToImmutable());
    }

    // A value that is still the one to start from has no row: its number is 0 by convention.
    ResultArray Renumber(ResultArray values, ResultArray numbers, Permutation order)
    {
        var given = numbers.Indices;
        var taken = values.ToDoubles(0, given.Length);
        var renumbered = new long[given.Length];
        for (var k = 0; k < renumbered.Length; k++)
        {
            if (taken[k] != _nothing) renumbered[k] = order.Order[(int)given[k]];
        }

        return new ResultArray(numbers.Name, numbers.Shape, null, MemoryMarshal.AsBytes<long>(renumbered).ToArray());
    }

    static ResultArray PutBack(ResultArray array, Permutation order) =>
        new(array.Name, array.Shape, array.Type, order.Apply(array.Bytes.Span));
}
