namespace Distributed.Keops.Kernels.Ranges;

/// <summary>A half-open interval of rows.</summary>
/// <param name="First">The first row.</param>
/// <param name="End">The row after the last.</param>
public readonly record struct RowInterval(long First, long End)
{
    /// <summary>The number of rows.</summary>
    public long Count => End - First;

    /// <inheritdoc/>
    public override string ToString() => $"[{First}, {End})";
}
