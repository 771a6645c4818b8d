namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// A node of the tree by which the leaves of an i-block are merged: leaves <c>[Index·2^Level, (Index + 1)·2^Level)</c>, as far as there are
/// that many. Node (l, a) is the merge of its children (l − 1, 2a) and (l − 1, 2a + 1), or the first of them where the second has no leaf.
/// <code>
///   7 leaves     (3,0)
///              /       \
///          (2,0)       (2,1)
///         /    \       /    \
///      (1,0) (1,1)  (1,2)  (1,3)
///      0  1  2  3   4  5   6
/// </code>
/// </summary>
/// <param name="Level">0 for a leaf.</param>
/// <param name="Index">Its place among the nodes of its level.</param>
public readonly record struct MergeNode(int Level, long Index)
{
    /// <summary>The first leaf.</summary>
    public long FirstLeaf => Index << Level;

    /// <summary>The node that covers all of <paramref name="leaves"/> leaves.</summary>
    public static MergeNode Root(long leaves) =>
        new(leaves <= 1 ? 0 : 64 - System.Numerics.BitOperations.LeadingZeroCount((ulong)(leaves - 1)), 0);

    /// <summary>The number of leaves, where there are <paramref name="leaves"/> in all.</summary>
    public long LeafCount(long leaves) => Math.Max(0, Math.Min((Index + 1) << Level, leaves) - FirstLeaf);

    /// <summary>The node above.</summary>
    public MergeNode Parent => new(Level + 1, Index >> 1);

    /// <summary>The first child.</summary>
    public MergeNode Left => new(Level - 1, 2 * Index);

    /// <summary>The second child.</summary>
    public MergeNode Right => new(Level - 1, 2 * Index + 1);

    /// <summary>
    /// The lowest node with the same leaves: a node whose second child has none is its first child. Of (1,3) in the drawing it is (0,6).
    /// </summary>
    public MergeNode Lowest(long leaves)
    {
        var node = this;
        while (node.Level > 0 && node.Right.LeafCount(leaves) == 0) node = node.Left;
        return node;
    }

    /// <summary>The nearest node above that has more leaves, in its lowest form. The root has none.</summary>
    public MergeNode Above(long leaves)
    {
        var node = Parent;
        while (node.Lowest(leaves) == this) node = node.Parent;
        return node;
    }

    /// <inheritdoc/>
    public override string ToString() => $"({Level},{Index})";
}
