namespace Distributed.Keops.Kernels.Execution;

/// <summary>Output rows that are reduced together.</summary>
/// <param name="First">The first, counted from the task's first.</param>
/// <param name="Rows">How many. Of one interval: some tiles, the last perhaps not full. Of several: a tile at most.</param>
/// <param name="Block">The number of their interval, or of the first.</param>
/// <param name="Blocks">How many intervals; of several, each takes in one interval, and most of it is shared.</param>
readonly record struct RangeSpan(int First, int Rows, int Block, int Blocks);
