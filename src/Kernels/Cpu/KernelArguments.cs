namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// What emitted code is called with. Everything indexed by output rows stands by component, <see cref="TileRows"/> rows each:
/// component k of row r is element k·64 + r.
/// </summary>
unsafe struct KernelArguments
{
    /// <summary>Output rows of a tile; every vector width divides it for both element types.</summary>
    public const int TileRows = 64;

    /// <summary>The tile's records of the i side, or the left-hand states.</summary>
    public byte* I;

    /// <summary>For each j-variable, then for the computed j values, the address of the first reduced row; row-major.</summary>
    public byte** J;

    /// <summary>The call's record.</summary>
    public byte* Parameters;

    /// <summary>The tile's states, or where results go.</summary>
    public byte* State;

    /// <summary>Right-hand states of a merge.</summary>
    public byte* Other;

    /// <summary>Scratch rows.</summary>
    public byte* Scratch;

    /// <summary>The number of the first reduced row, counted from the start of the leaf.</summary>
    public long FirstIndex;

    /// <summary>The number of reduced rows.</summary>
    public int Rows;

    /// <summary>The groups of i-vectors that hold rows, as many as a kernel takes at once in each.</summary>
    public int Groups;
}

/// <summary>Emitted code.</summary>
unsafe delegate void Kernel(KernelArguments* arguments);
