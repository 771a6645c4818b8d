using Distributed.Keops.Kernels.Programs;

namespace Distributed.Keops.Kernels.Cuda.Emission;

/// <summary>Where the values come from that a <see cref="ValueEmitter"/> does not compute itself.</summary>
interface ILeaves
{
    /// <summary>Whether the value is given.</summary>
    bool IsLeaf(Value value);

    /// <summary>The expression of a component of a given value.</summary>
    string Component(Value value, At at);

    /// <summary>Adds the places at which a loop must stop in which component 0 of a given value is number
    /// <paramref name="shift"/>.</summary>
    void AddBreaks(Value value, int shift, List<int> breaks) { }

    /// <summary>The block in which expressions were asked for has ended.</summary>
    void EndComponent() { }
}
