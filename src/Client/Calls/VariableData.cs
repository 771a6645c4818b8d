using System.Collections.Immutable;
using Distributed.Keops.Data;
using Distributed.Keops.Kernels.Execution;
using Distributed.Keops.Kernels.Reductions;

namespace Distributed.Keops.Client;

/// <summary>Where a variable's values come from.</summary>
public abstract record VariableData;

/// <summary>
/// Rows in this process's memory, one source for each batch (a single one serves all batches). The arrays stay the caller's
/// and must not change before the reduction has finished.
/// </summary>
/// <param name="Batches">One source, or one for each batch.</param>
public sealed record ArrayData(ImmutableArray<IRowSource> Batches) : VariableData;

/// <summary>The points of Parquet or Arrow files.</summary>
/// <param name="Spec">Path and columns.</param>
public sealed record CloudData(CloudSpec Spec) : VariableData;

/// <summary>A parameter's values, in float64 whatever the dtype of the call; one vector for each batch, or one for all.</summary>
/// <param name="Batches">One vector, or one for each batch.</param>
public sealed record ParameterData(ImmutableArray<ImmutableArray<double>> Batches) : VariableData;

/// <summary>
/// A whole array. A variable indexed by i or j takes <c>batch + (rows, D)</c>, a parameter <c>batch + (D,)</c>; complex arrays count
/// complex numbers. Batch dimensions are aligned at the end, and those of 1 serve all batches. The array stays the caller's.
/// </summary>
/// <param name="Array">The values.</param>
public sealed record TensorData(NdArray Array) : VariableData;

/// <summary>Data that is given when the reduction is called (<see cref="ReductionCall.Bind"/>).</summary>
/// <param name="Index">Its place among those that are.</param>
public sealed record SymbolicData(int Index) : VariableData;

/// <summary>The result of another reduction, which is carried out first: what gradients need of what they are the gradients of.</summary>
/// <param name="Source">That reduction; it holds every variable under the number that it has in the call.</param>
/// <param name="Output">Which of its results.</param>
/// <param name="Content">How the result becomes the variable's values.</param>
sealed record ResultData(ReductionCall Source, int Output, ForwardContent Content) : VariableData;

/// <summary>The numbers of the rows of the variable's side (<see cref="RowNumbers"/>).</summary>
sealed record RowNumberData : VariableData;
