using System.Collections.Immutable;

namespace Distributed.Keops.Data;

/// <summary>One file of a cloud, as its footer describes it: enough to cut the cloud into shards without reading values.</summary>
/// <param name="Path">The full path.</param>
/// <param name="Length">The length in bytes when the cloud was opened.</param>
/// <param name="LastWriteTime">The last change, UTC, when the cloud was opened.</param>
/// <param name="FirstRow">The row of the cloud that the file starts with.</param>
/// <param name="RowCount">Its number of rows.</param>
/// <param name="RowGroups">Its row groups in file order.</param>
public sealed record CloudFile(
    string Path, long Length, DateTime LastWriteTime, long FirstRow, long RowCount, ImmutableArray<CloudRowGroup> RowGroups);
