using System.Collections.Frozen;

namespace Distributed.Keops.Kernels.Formulas.Operations;

/// <summary>Every operation by name.</summary>
public static class OperationTable
{
    /// <summary>Every operation of the formula language.</summary>
    public static FrozenDictionary<string, Operation> All { get; } =
        new[] { Leaves.All, Arithmetic.All, Elementary.All, Comparisons.All, Vectors.All, Matrices.All }
            .SelectMany(family => family).ToFrozenDictionary(o => o.Name, StringComparer.Ordinal);
}
