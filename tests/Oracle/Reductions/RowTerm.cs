namespace Distributed.Keops.Oracle;

/// <summary>What one pair contributes to an output row.</summary>
/// <param name="Index">The reduced row it comes from.</param>
/// <param name="F">The formula's value.</param>
/// <param name="G">The second formula's value; a single 1 where there is none.</param>
sealed record RowTerm(int Index, double[] F, double[] G);

/// <summary>The reduced value of one output row; either part may be empty.</summary>
sealed record RowValue(double[] Values, long[] Indices);

/// <summary>The dimensions a reduction works with.</summary>
/// <param name="D">Dimension of the formula.</param>
/// <param name="Dg">Dimension of the second formula, 1 where there is none.</param>
/// <param name="K">How many smallest entries are asked for; 0 where that has no meaning.</param>
sealed record RowDims(int D, int Dg, int K);
