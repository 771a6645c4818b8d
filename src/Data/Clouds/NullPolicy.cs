namespace Distributed.Keops.Data;

/// <summary>What a null in a column means.</summary>
public enum NullPolicy
{
    /// <summary>An error that names file, row group, column and row.</summary>
    Error,

    /// <summary>The row counts as missing: its null values read as NaN and <see cref="PointCloud.ReadValidityAsync"/> says so.</summary>
    Skip,
}
