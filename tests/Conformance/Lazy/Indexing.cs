using Distributed.Keops.Client;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Conformance;

/// <summary>A slice <c>[lower:upper:step]</c>.</summary>
sealed record Slice(object? Lower, object? Upper, object? Step)
{
    public bool IsWhole => this is { Lower: null, Upper: null, Step: null };
}

/// <summary>Python's brackets.</summary>
static class Indexing
{
    /// <summary>New dimensions of 1 (<c>None</c>) among whole ones.</summary>
    public static NdArray Array(NdArray array, IReadOnlyList<object?> by)
    {
        var shape = new List<long>();
        var at = 0;
        foreach (var index in by)
        {
            if (index is null) shape.Add(1);
            else if (index is Slice { IsWhole: true } && at < array.Shape.Count) shape.Add(array.Shape[at++]);
            else throw new NotSupportedException("only None and : are supported between the brackets of an array");
        }

        shape.AddRange(array.Shape.Skip(at));
        return array.Reshape([.. shape]);
    }

    /// <summary>A component or some of them: only the last dimension of a tensor can be indexed.</summary>
    public static LazyTensor Tensor(LazyTensor tensor, IReadOnlyList<object?> by)
    {
        if (by.Count > 1 && (by.Count != tensor.Rank || by.SkipLast(1).Any(index => index is not Slice { IsWhole: true })))
            throw new KeopsException("Only the last dimension of a tensor can be indexed.");
        var length = tensor.FullShape[^1]!.Value;
        return by[^1] switch
        {
            long index => tensor[checked((int)index)],
            Slice { Step: null or 1L } slice => tensor.Extract(
                Values.Integer(slice.Lower ?? 0L), Values.Integer(slice.Upper ?? length) - Values.Integer(slice.Lower ?? 0L)),
            _ => throw new KeopsException("A tensor is indexed by an integer or by a slice of step 1."),
        };
    }
}
