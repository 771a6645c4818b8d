using System.Collections.Immutable;
using Distributed.Keops.Kernels.Cpu;
using Distributed.Keops.Kernels.Plans;
using Distributed.Keops.Kernels.Ranges;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>The data of one batch: parameters, and sources of rows for the i and the j side, by slot.</summary>
/// <param name="Parameters">The parameters' values one after the other, in the element type.</param>
/// <param name="I">The variables of the output's side.</param>
/// <param name="J">The variables of the reduced side.</param>
public sealed record BatchData(ReadOnlyMemory<byte> Parameters, ImmutableArray<IRowSource> I, ImmutableArray<IRowSource> J);

/// <summary>A compiled reduction with its data and its plan: everything that running a
/// part of it needs. Safe to share between threads.</summary>
/// <param name="Kernel">The compiled reduction.</param>
/// <param name="Plan">How it is cut.</param>
/// <param name="Batches">The data, batch by batch.</param>
/// <param name="Pairs">Which pairs count; null for all.</param>
public sealed record BoundReduction(CpuReduction Kernel, Plan Plan, ImmutableArray<BatchData> Batches, SideRanges? Pairs);
