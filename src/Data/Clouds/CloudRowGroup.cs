namespace Distributed.Keops.Data;

/// <summary>A run of rows that is stored and decoded as a whole: a Parquet row group or an Arrow record batch.</summary>
/// <param name="Index">Its number in the file, from 0.</param>
/// <param name="FirstRow">The row of the cloud it starts with.</param>
/// <param name="RowCount">Its number of rows.</param>
/// <param name="ByteOffset">Where the bytes of the cloud's columns begin in the file.</param>
/// <param name="ByteLength">How many bytes they span there, compressed.</param>
public sealed record CloudRowGroup(int Index, long FirstRow, int RowCount, long ByteOffset, long ByteLength);
