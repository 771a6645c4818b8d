using System.Collections.Immutable;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Client;

/// <summary>
/// The values of a tensor as a reduction that has nothing to reduce: every row i is a batch of its own, and summed over that one row the
/// result is indexed by j.
/// </summary>
static class DenseRows
{
    /// <summary>Describes the values of rows [first, first + count).</summary>
    /// <param name="sum">The tensor's sum over i.</param>
    /// <param name="first">The first row.</param>
    /// <param name="count">How many; null for all.</param>
    /// <param name="limit">The most numbers of the result.</param>
    /// <exception cref="KeopsException">The rows do not exist, the result is too large, or data are symbolic or in files.</exception>
    public static ReductionCall Describe(ReductionCall sum, long first, long? count, long limit)
    {
        var call = CallData.Resolve(sum);
        if (call.Variables.FirstOrDefault(v => v.Data is CloudData) is { } cloud)
            throw new KeopsException($"The rows of {cloud.Label} are in a file: read it into an array first.");
        var (m, n) = (LinearReduction.Rows(call, Category.I) ?? 1, LinearReduction.Rows(call, Category.J) ?? 1);
        var rows = count ?? m;
        if (first < 0 || rows < 0 || first > m - rows) throw new KeopsException($"Rows [{first}, {first + rows}) of a tensor of {m} rows.");
        var batches = call.BatchShape.Aggregate(1, (a, b) => checked(a * b));
        var dim = call.Reduction.Formula.Dim;
        if ((double)batches * rows * n * dim > limit)
            throw new KeopsException(
                $"{rows} × {n} vectors of {dim} numbers{(batches > 1 ? $" in {batches} batches" : "")} are more than the limit of "
                + $"{limit} numbers: ask for fewer rows, or raise it.");
        return call with
        {
            BatchShape = [.. call.BatchShape, (int)rows],
            Variables = [.. call.Variables.Select(v => v with { Data = Spread(v, batches, first, (int)rows) })],
        };
    }

    static VariableData Spread(BoundVariable variable, int batches, long first, int rows) => variable.Data switch
    {
        ArrayData data when variable.Variable.Category == Category.I => new ArrayData(
            [.. Enumerable.Range(0, batches).SelectMany(b => Enumerable.Range(0, rows).Select(
                IRowSource (i) => new RowSlice(data.Batches[data.Batches.Length == 1 ? 0 : b], first + i, 1)))]),
        ArrayData { Batches.Length: > 1 } data => new ArrayData(Repeat(data.Batches, rows)),
        ParameterData { Batches.Length: > 1 } data => new ParameterData(Repeat(data.Batches, rows)),
        var data => data,
    };

    static ImmutableArray<T> Repeat<T>(ImmutableArray<T> batches, int rows) => [.. batches.SelectMany(b => Enumerable.Repeat(b, rows))];
}
