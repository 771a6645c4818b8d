using Distributed.Keops.Client;
using Distributed.Keops.Kernels;
using Distributed.Keops.Kernels.Formulas;

namespace Distributed.Keops.Conformance;

/// <summary>Numbers of rows that a call states beside its arrays.</summary>
static class StatedRows
{
    // Such a side has no data of its own: what stands for it is not meant to be large.
    const int Most = 1 << 26;

    /// <summary>The call with so many rows on a side: where no variable says how many there are, one of zeros is added that does.</summary>
    /// <exception cref="KeopsException">The arrays have another number of rows, or there are too many rows without data.</exception>
    public static ReductionCall Apply(ReductionCall call, Category category, int? stated)
    {
        if (stated is not { } rows) return call;
        var side = call.Variables.Where(v => v.Variable.Category == category).ToList();
        foreach (var (variable, data) in side)
        {
            var found = ((TensorData)data).Array.Shape[^2];
            if (found != rows) throw new KeopsException($"Argument {variable.Index} has {found} rows where {rows} are stated.");
        }

        if (side.Count > 0 || rows == 1) return call;
        if (rows > Most) throw new KeopsException($"{rows} rows are stated for a side without arguments: expected at most {Most}.");
        var batchDims = call.Variables.Select(
            v => ((TensorData)v.Data).Array.Shape.Count - (v.Variable.Category == Category.Parameter ? 1 : 2)).FirstOrDefault();
        long[] shape = [.. Enumerable.Repeat(1L, batchDims), rows, 1];
        var added = new Variable(call.Variables.Select(v => v.Variable.Index).DefaultIfEmpty(-1).Max() + 1, 1, category);
        var zeros = new NdArray(new byte[(long)rows * call.Type.Size()], call.Type, shape);
        return call with { Variables = call.Variables.Add(new BoundVariable(added, new TensorData(zeros))) };
    }
}
