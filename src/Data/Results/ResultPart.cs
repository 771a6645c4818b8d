namespace Distributed.Keops.Data;

/// <summary>A finished file of a result.</summary>
/// <param name="File">Its name in the staging folder.</param>
/// <param name="FirstRow">The output row it starts with.</param>
/// <param name="Rows">Its number of rows.</param>
/// <param name="Bytes">Its length.</param>
public sealed record ResultPart(string File, long FirstRow, long Rows, long Bytes);
