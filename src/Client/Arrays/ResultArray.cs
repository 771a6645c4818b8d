using Distributed.Keops.Data;
using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>One result of a reduction, row by row; it can be the data of the next formula.</summary>
public sealed class ResultArray : NdArray
{
    /// <summary>Wraps values; the array is not copied.</summary>
    /// <param name="name">The result's name, such as <c>sum</c> or <c>argmin</c>.</param>
    /// <param name="shape">Batch shape, rows, (K,) dimension.</param>
    /// <param name="type">The values' dtype; null for row numbers, which are int64.</param>
    /// <param name="bytes">The values, row-major, little-endian.</param>
    public ResultArray(string name, IEnumerable<long> shape, ElementType? type, byte[] bytes)
        : base(bytes, type, shape) => Name = name;

    /// <summary>Values in memory of their own or of the caller's, of which some rows may be null.</summary>
    internal ResultArray(string name, NdArray values, IEnumerable<long> shape, RowMask? valid)
        : base(values, shape, complex: false) => (Name, Valid) = (name, valid);

    ResultArray(ResultArray other, IEnumerable<long> shape, bool complex)
        : base(other, shape, complex) => (Name, Valid) = (other.Name, other.Valid);

    /// <summary>The result's name.</summary>
    public string Name { get; }

    /// <summary>
    /// Which rows, of all batches one after the other, have a result; null when all have. Rows of the data with nulls, where these are
    /// skipped, have none: their values are NaN, their row numbers −1.
    /// </summary>
    public RowMask? Valid { get; }

    /// <summary>Whether a row, counted over all batches, has no result because its data are null.</summary>
    public bool IsNull(long row) => Valid is { } valid && !valid[checked((int)row)];

    /// <summary>The same values as complex numbers, or without the last dimension, or both.</summary>
    internal ResultArray Shaped(bool complex, bool vector)
    {
        List<long> shape = [.. Shape];
        if (complex) shape[^1] /= 2;
        if (vector) shape.RemoveAt(shape.Count - 1);
        return new ResultArray(this, shape, complex);
    }

    /// <inheritdoc/>
    public override string ToString() => $"'{Name}', {base.ToString()}";
}
