using Distributed.Keops.Kernels.Cuda;
using Distributed.Keops.Kernels.Cuda.Emission;

namespace Distributed.Keops.Kernels.Execution;

/// <summary>
/// Work items spread over a device: where they are too few to fill it, each is cut into the segments of its leaf, whose states are merged
/// after. A block that does all segments merges them in the same order, so that the bits are the same.
/// </summary>
/// <param name="Items">The items.</param>
/// <param name="SlotsOfLeaf">Slots of a leaf; 1 where nothing was cut.</param>
sealed record SpreadItems(IReadOnlyList<WorkItem> Items, int SlotsOfLeaf)
{
    // States of segments take memory: only small ones are kept apart.
    const int MaxRows = 1 << 17;

    int[] Used { get; init; } = [];

    /// <summary>The slots of a leaf that hold something; at least one, which is empty where the leaf is.</summary>
    public int UsedOf(int leaf) => Used[leaf];

    /// <summary>Spreads the items of some leaves.</summary>
    /// <param name="leaves">The leaves.</param>
    /// <param name="rows">Output rows of the task.</param>
    /// <param name="blocks">The blocks that the device works on at the same time.</param>
    public static SpreadItems Of(LeafItems leaves, int rows, int blocks)
    {
        var longest = leaves.Items.Count == 0 ? 0 : leaves.Items.Max(i => i.To);
        var segments = (longest + ReduceKernel.SegmentRows - 1) / ReduceKernel.SegmentRows;
        // Merging the empty state of a segment that a row does not have could still turn -0 into 0.
        var alike = leaves.Items.GroupBy(i => i.Slot).All(leaf => leaf.All(i => i.To == leaf.First().To));
        if (leaves.Items.Count >= 2 * blocks || segments < 2 || rows > MaxRows || !alike) return new(leaves.Items, 1);
        var (items, used) = (new List<WorkItem>(), Enumerable.Repeat(1, leaves.Leaves).ToArray());
        foreach (var item in leaves.Items)
        {
            for (var from = item.From; from < item.To; from += ReduceKernel.SegmentRows)
            {
                var segment = from / ReduceKernel.SegmentRows;
                items.Add(item with
                {
                    From = from, To = Math.Min(item.To, from + ReduceKernel.SegmentRows), Slot = item.Slot * segments + segment,
                });
                used[item.Slot] = Math.Max(used[item.Slot], segment + 1);
            }
        }

        return new(items, segments) { Used = used };
    }
}
