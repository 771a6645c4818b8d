namespace Distributed.Keops.Kernels.Programs;

/// <summary>What the components of a value are.</summary>
public enum ComponentType
{
    /// <summary>A floating point number of the program's element type.</summary>
    Element,

    /// <summary>A truth value, as comparisons give it and <see cref="OpCode.Select"/> takes it.</summary>
    Mask,

    /// <summary>A row number of the reduced side: an integer as wide as the element type.</summary>
    Index,
}
