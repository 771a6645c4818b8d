using Distributed.Keops.Kernels;

namespace Distributed.Keops.Client;

/// <summary>One result of a reduction, row by row; it can be the data of the next formula.</summary>
/// <param name="name">The result's name, such as <c>sum</c> or <c>argmin</c>.</param>
/// <param name="shape">Batch shape, rows, (K,) dimension.</param>
/// <param name="type">The values' dtype; null for row numbers, which are int64.</param>
/// <param name="bytes">The values, row-major, little-endian; not copied.</param>
/// <param name="complex">Whether two values make one complex number.</param>
public sealed class ResultArray(string name, IEnumerable<long> shape, ElementType? type, byte[] bytes, bool complex = false)
    : NdArray(bytes, type, shape, complex)
{
    /// <summary>The result's name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string ToString() => $"'{Name}', {base.ToString()}";
}
