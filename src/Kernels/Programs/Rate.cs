namespace Distributed.Keops.Kernels.Programs;

/// <summary>
/// How often a value changes while a reduction runs. The side whose rows index the output is I, the side that is
/// reduced is J, whatever the axis of the request: lowering swaps the roles for axis 0.
/// </summary>
[Flags]
public enum Rate
{
    /// <summary>Known when the program is built.</summary>
    Constant = 0,

    /// <summary>Computed once a call.</summary>
    Parameter = 1,

    /// <summary>Computed once for every output row.</summary>
    I = 2 | Parameter,

    /// <summary>Computed once for every reduced row.</summary>
    J = 4 | Parameter,

    /// <summary>Computed for every pair.</summary>
    IJ = I | J,
}
