namespace Distributed.Keops.Oracle;

/// <summary>What a reduction gave.</summary>
/// <param name="Shape">Batch dimensions, rows, then D, or (K, D), or K alone where D is 1; that of either part.</param>
/// <param name="Values">The values, or null for a reduction that gives indices only.</param>
/// <param name="Indices">The indices of the extremal entries, or null.</param>
public sealed record ReductionResult(int[] Shape, double[]? Values, long[]? Indices);
