using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cpu;

/// <summary>Where the values come from that a <see cref="CellEmitter"/> does not compute itself.</summary>
interface ILeafSource
{
    /// <summary>Whether the value is given.</summary>
    bool IsLeaf(Value value);

    /// <summary>Puts one component of a given value on the evaluation stack, for i-vector <paramref name="t"/> and reduced row
    /// <paramref name="j"/> of the tile.</summary>
    void Push(Value value, Component component, int j, int t);

    /// <summary>
    /// Adds the components at which a loop over a given value must stop because what
    /// stands behind it changes; its first component is number
    /// <paramref name="shift"/> of the loop.
    /// </summary>
    void AddBreaks(Value value, int shift, SortedSet<int> breaks) { }
}
