using Microsoft.Extensions.Logging;

namespace Distributed.Keops.Silo;

/// <summary>How a silo in this process is started.</summary>
public sealed record EmbeddedSiloOptions
{
    /// <summary>Compute threads. Default: all processors but one.</summary>
    public int Threads { get; init; } = Math.Max(1, Environment.ProcessorCount - 1);

    /// <summary>Where arrays are stored while a reduction needs them. Default: a folder of its own that is deleted with the silo.</summary>
    public string? Lake { get; init; }

    /// <summary>Memory for states and results. Default: 1 GiB.</summary>
    public long BlockStoreBytes { get; init; } = 1L << 30;

    /// <summary>Sets up logging. Default: nothing is logged.</summary>
    public Action<ILoggingBuilder>? Logging { get; init; }
}
