namespace Distributed.Keops.Data;

/// <summary>A block of bytes in a segment.</summary>
/// <param name="Label">What the writer said it is.</param>
/// <param name="Offset">Where its bytes begin in the file.</param>
/// <param name="Length">How many.</param>
/// <param name="Hash">XxHash64 of the bytes.</param>
public sealed record SegmentEntry(ReadOnlyMemory<byte> Label, long Offset, long Length, ulong Hash);
