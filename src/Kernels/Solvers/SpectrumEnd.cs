namespace Distributed.Keops.Kernels.Solvers;

/// <summary>Which eigenvalues are wanted.</summary>
public enum SpectrumEnd
{
    /// <summary>The largest ones.</summary>
    Largest,

    /// <summary>The smallest ones, negative ones first.</summary>
    Smallest,

    /// <summary>Those of largest absolute value.</summary>
    LargestMagnitude,
}
