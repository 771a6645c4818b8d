namespace Distributed.Keops.Data;

/// <summary>A row group in the cloud's dtype, row-major, with the rows that hold no null (null: all).</summary>
internal sealed record DecodedRows(NativeBuffer Buffer, ulong[]? Valid);
