namespace Distributed.Keops.Kernels.Plans;

/// <summary>A part of a plan that a worker is handed: a run of i-blocks of one batch, and a subtree of their leaves.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="FirstBlock">The first i-block.</param>
/// <param name="Blocks">The number of i-blocks.</param>
/// <param name="Node">The leaves.</param>
public readonly record struct PlanTask(int Batch, long FirstBlock, long Blocks, MergeNode Node);
