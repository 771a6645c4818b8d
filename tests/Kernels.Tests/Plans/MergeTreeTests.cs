using Distributed.Keops.Kernels.Plans;
using Xunit;

namespace Distributed.Keops.Kernels.Tests.Plans;

/// <summary>The streaming stack merges by the very tree that <see cref="MergeNode"/> describes.</summary>
public class MergeTreeTests
{
    [Fact]
    public void The_stack_gives_the_recursive_tree()
    {
        for (var leaves = 1; leaves <= 70; leaves++) Assert.Equal(Tree(MergeNode.Root(leaves), leaves), Stack(0, leaves));
    }

    [Fact]
    public void Any_level_of_subtrees_merged_by_a_stack_is_the_whole_tree()
    {
        for (var leaves = 1; leaves <= 70; leaves++)
        {
            for (var level = 0; level <= MergeNode.Root(leaves).Level; level++)
            {
                var above = new MergeStack<string>(Join);
                for (long index = 0; index << level < leaves; index++)
                {
                    var node = new MergeNode(level, index);
                    above.Push(Stack(node.FirstLeaf, node.LeafCount(leaves)));
                }

                Assert.True(above.TryCollapse(out var whole));
                Assert.Equal(Tree(MergeNode.Root(leaves), leaves), whole);
            }
        }
    }

    [Fact]
    public void The_stack_holds_no_more_states_than_the_tree_has_levels()
    {
        var stack = new MergeStack<string>((a, _) => a);
        for (var leaf = 1; leaf <= 1000; leaf++)
        {
            stack.Push("");
            Assert.Equal(System.Numerics.BitOperations.PopCount((uint)leaf), stack.Count);
        }
    }

    [Fact]
    public void An_empty_stack_has_no_state() => Assert.False(new MergeStack<string>(Join).TryCollapse(out _));

    [Fact]
    public void Nodes_know_their_leaves_and_parents()
    {
        Assert.Equal(new MergeNode(0, 0), MergeNode.Root(0));
        Assert.Equal(new MergeNode(0, 0), MergeNode.Root(1));
        Assert.Equal(new MergeNode(3, 0), MergeNode.Root(7));
        Assert.Equal(new MergeNode(3, 0), MergeNode.Root(8));
        Assert.Equal(new MergeNode(4, 0), MergeNode.Root(9));
        Assert.Equal((4, 3), (new MergeNode(2, 1).FirstLeaf, new MergeNode(2, 1).LeafCount(7)));
        Assert.Equal(0, new MergeNode(2, 2).LeafCount(7));
        Assert.Equal(new MergeNode(2, 1), new MergeNode(1, 3).Parent);
        Assert.Equal(62, MergeNode.Root(1L << 62).Level);
    }

    static string Join(string left, string right) => $"({left} {right})";

    static string Tree(MergeNode node, long leaves)
    {
        if (node.Level == 0) return $"{node.Index}";
        var (left, right) = (new MergeNode(node.Level - 1, 2 * node.Index), new MergeNode(node.Level - 1, 2 * node.Index + 1));
        return right.LeafCount(leaves) > 0 ? Join(Tree(left, leaves), Tree(right, leaves)) : Tree(left, leaves);
    }

    static string Stack(long first, long count)
    {
        var stack = new MergeStack<string>(Join);
        for (var leaf = first; leaf < first + count; leaf++) stack.Push($"{leaf}");
        Assert.True(stack.TryCollapse(out var state));
        return state!;
    }
}
