namespace Distributed.Keops.Kernels.Reductions;

/// <summary>How a reduction adds up.</summary>
public enum Summation
{
    /// <summary>Runs of 256 rows in the element type, the runs in float64. The default.</summary>
    Blocks,

    /// <summary>
    /// With the rounding error of every addition and product kept beside the sum, in each run and in every merge: as if added up in twice
    /// the precision of the element type, and of float64 where runs and leaves are merged.
    /// </summary>
    Compensated,
}
