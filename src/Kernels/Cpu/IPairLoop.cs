namespace Distributed.Keops.Kernels.Cpu;

/// <summary>
/// Takes runs of reduced rows into the states of a tile. Safe to share between threads, each with scratch memory of its own.
/// </summary>
unsafe interface IPairLoop
{
    /// <summary>How the pairs are walked.</summary>
    Schedule Schedule { get; }

    /// <summary>Rows of scratch memory, 64 elements each.</summary>
    int ScratchRows { get; }

    /// <summary>Prepares for a tile: what does not change from one reduced row to the next.</summary>
    /// <param name="arguments">Everything but the reduced rows.</param>
    void Begin(KernelArguments* arguments);

    /// <summary>Takes in a run of rows.</summary>
    /// <param name="arguments">The tile, and the first reduced row of each array.</param>
    /// <param name="strides">Bytes from a row to the next, for each array of reduced rows.</param>
    /// <param name="rows">The tile's rows, 1 to 64.</param>
    void Run(KernelArguments* arguments, nint* strides, int rows);
}
