using System.Buffers.Binary;

namespace Distributed.Keops.Data;

/// <summary>
/// The bytes of a segment, little-endian:
/// <code>
/// magic (8) | length of the identity (int32) | identity | entry | entry | …
/// entry: length of the label (int32) | length of the data (int64) | XxHash64 of label (8) | XxHash64 of data (8) | label | data
/// </code>
/// An entry that was not written to its end, as the last one may be, is told by its lengths and hashes.
/// </summary>
static class SegmentFormat
{
    public const int EntryHeader = 28;

    public static ReadOnlySpan<byte> Magic => "KEOPSSG1"u8;

    public static byte[] FileHeader(ReadOnlySpan<byte> identity)
    {
        var header = new byte[Magic.Length + sizeof(int) + identity.Length];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(Magic.Length), identity.Length);
        identity.CopyTo(header.AsSpan(Magic.Length + sizeof(int)));
        return header;
    }

    public static void WriteEntryHeader(Span<byte> header, int label, long data, ulong labelHash, ulong dataHash)
    {
        BinaryPrimitives.WriteInt32LittleEndian(header, label);
        BinaryPrimitives.WriteInt64LittleEndian(header[4..], data);
        BinaryPrimitives.WriteUInt64LittleEndian(header[12..], labelHash);
        BinaryPrimitives.WriteUInt64LittleEndian(header[20..], dataHash);
    }

    public static (int Label, long Data, ulong LabelHash, ulong DataHash) ReadEntryHeader(ReadOnlySpan<byte> header) => (
        BinaryPrimitives.ReadInt32LittleEndian(header),
        BinaryPrimitives.ReadInt64LittleEndian(header[4..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[12..]),
        BinaryPrimitives.ReadUInt64LittleEndian(header[20..]));
}
