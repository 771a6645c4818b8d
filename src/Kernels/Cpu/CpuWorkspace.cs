namespace Distributed.Keops.Kernels.Cpu;

/// <summary>One thread's memory for tiles of one reduction. Not safe for several threads.</summary>
public sealed class CpuWorkspace : IDisposable
{
    internal CpuWorkspace(int iLength, int words, int outputs, int scratchRows, int elementBytes)
    {
        const int Rows = KernelArguments.TileRows;
        IRecord = new AlignedBuffer((nint)iLength * Rows * elementBytes);
        BlockState = new AlignedBuffer((nint)words * Rows * elementBytes);
        WideState = new AlignedBuffer((nint)words * Rows * sizeof(double));
        Results = new AlignedBuffer((nint)outputs * Rows * sizeof(double));
        Scratch = new AlignedBuffer((nint)scratchRows * Rows * sizeof(double));
    }

    internal AlignedBuffer IRecord { get; }

    internal AlignedBuffer BlockState { get; }

    internal AlignedBuffer WideState { get; }

    internal AlignedBuffer Results { get; }

    internal AlignedBuffer Scratch { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        IRecord.Dispose();
        BlockState.Dispose();
        WideState.Dispose();
        Results.Dispose();
        Scratch.Dispose();
    }
}
