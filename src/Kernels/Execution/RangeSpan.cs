namespace Distributed.Keops.Kernels.Execution;

/// <summary>Output rows that take in the same reduced rows.</summary>
/// <param name="First">The first, counted from the task's first.</param>
/// <param name="Rows">How many: some tiles, the last perhaps not full.</param>
/// <param name="Block">The number of their interval.</param>
readonly record struct RangeSpan(int First, int Rows, int Block);
