namespace Distributed.Keops.Kernels.Plans;

/// <summary>
/// Merges leaf states, pushed in order, by the tree of <see cref="MergeNode"/>, holding no more states than the tree has levels: like a
/// binary counter, a full node is merged with its left sister as soon as it stands.
/// </summary>
/// <param name="merge">Joins the right state into the left one, and returns it; the right one is free then.</param>
public sealed class MergeStack<T>(Func<T, T, T> merge)
{
    readonly Stack<(int Level, T State)> _nodes = new();

    /// <summary>The states held.</summary>
    public int Count => _nodes.Count;

    /// <summary>Takes in the next leaf.</summary>
    public void Push(T leaf)
    {
        var (level, state) = (0, leaf);
        while (_nodes.TryPeek(out var left) && left.Level == level)
        {
            _nodes.Pop();
            state = merge(left.State, state);
            level++;
        }

        _nodes.Push((level, state));
    }

    /// <summary>Merges what is held, from the right, into the state of all leaves pushed; false when there was none.</summary>
    public bool TryCollapse(out T? state)
    {
        if (!_nodes.TryPop(out var last))
        {
            state = default;
            return false;
        }

        state = last.State;
        while (_nodes.TryPop(out var left)) state = merge(left.State, state);
        return true;
    }
}
