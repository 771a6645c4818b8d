using Distributed.Keops.Kernels;

namespace Distributed.Keops.Data;

/// <summary>How a cloud is read.</summary>
public sealed record CloudOptions
{
    /// <summary>The dtype that every value is converted to. Default: float32.</summary>
    public ElementType Type { get; init; } = ElementType.Float32;

    /// <summary>What a null means. Default: an error.</summary>
    public NullPolicy Nulls { get; init; } = NullPolicy.Error;

    /// <summary>
    /// The decoded bytes kept for the next read. One row group is always held while it is being read, however large. Default: 256 MiB.
    /// </summary>
    public long CacheBytes { get; init; } = 256L << 20;

    /// <summary>What the cloud shares with others, in place of <see cref="CacheBytes"/> of its own. Default: nothing.</summary>
    public CacheBudget? Cache { get; init; }
}
