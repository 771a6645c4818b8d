using System.Collections.Immutable;

namespace Distributed.Keops.Data;

/// <summary>How a result table is written.</summary>
public sealed record ResultOptions
{
    /// <summary>Names the staging folder <c>.keops-&lt;job&gt;</c> beside the target. Default: a fresh random name.</summary>
    public string Job { get; init; } = Guid.NewGuid().ToString("n")[..12];

    /// <summary>Whether a folder that holds files already is replaced at commit. A file is always replaced. Default: no.</summary>
    public bool Overwrite { get; init; }

    /// <summary>Whether pages are compressed with Snappy; random floats gain nothing by it. Default: no.</summary>
    public bool Compress { get; init; }

    /// <summary>Key and value pairs for the files' metadata, such as the request and the plan's hash. Default: none.</summary>
    public ImmutableDictionary<string, string> Metadata { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Rows of a row group. Default: 262,144; fewer where a row is so wide that a group would exceed 256 MiB.</summary>
    public int RowGroupRows { get; init; } = 262_144;

    /// <summary>Rows of a part when the target is a folder. Default: 16 row groups.</summary>
    public long PartRows { get; init; } = 16 * 262_144;

    /// <summary>Columns of an input cloud carried along with the results. Default: none.</summary>
    public KeptColumns? Keep { get; init; }

    /// <summary>
    /// Makes the report that appears with the result, from its finished parts: <c>X.report.json</c> beside <c>X.parquet</c>,
    /// <c>_report.json</c> in a
    /// folder. Default: none.
    /// </summary>
    public Func<IReadOnlyCollection<ResultPart>, ReadOnlyMemory<byte>>? Report { get; init; }
}
